using Presence.Engine.Users;

namespace Presence.Engine.Changes;

/// <summary>A session read back after a restart (rule 10): a stored join and the user's profile.</summary>
/// <param name="Membership">The join as it was stored.</param>
/// <param name="Profile">Name and picture, where known.</param>
public readonly record struct RestoredSession(MembershipChange Membership, UserProfile? Profile);
