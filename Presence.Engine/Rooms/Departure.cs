using Presence.Engine.Changes;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>A viewer that left a room.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Profile">Name and picture as they were then, where known.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When: for a timeout the deadline, not the moment it was noticed.</param>
public sealed record Departure(string UserId, UserProfile? Profile, bool IsGuest, LeaveReason Reason, DateTimeOffset At);
