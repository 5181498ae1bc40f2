using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>A viewer as copied out of the room's slots under its lock; made into a <see cref="Viewer"/> outside.</summary>
internal record struct ViewerRow(string UserId, bool IsGuest, long JoinedAt, long HeartbeatAt, ViewerState State, bool IsFading, int Sessions)
{
    /// <summary>The slot that led as it was copied, and the user id's hash.</summary>
    public int Slot, Hash;

    /// <summary>As the room remembers it until <see cref="Room.NameOf(in ViewerRow)"/> says what holds; null where no name was asked for.</summary>
    public UserName? Name;

    public readonly ViewerMark Mark => new(State, IsFading);
}
