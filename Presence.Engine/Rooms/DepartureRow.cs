using Presence.Engine.Changes;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>A departure as a room keeps it: <paramref name="At"/> is presence time.</summary>
internal readonly record struct DepartureRow(string UserId, UserProfile? Profile, bool IsGuest, LeaveReason Reason, long At);
