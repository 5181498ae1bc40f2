using Presence.Engine.Users;

namespace Presence.Engine.Storage;

/// <summary>The app's backend vouches for a user.</summary>
/// <param name="UserId">The id, already validated.</param>
/// <param name="Profile">What it says of the user from now on; what is null in it, or null altogether, stays as it was.</param>
public sealed record Vouching(string UserId, UserProfile? Profile);
