using Presence.Engine.Moderation;
using Presence.Engine.Settings;

namespace Presence.Engine.Rooms;

/// <summary>The answer to one heartbeat: what became of it and the promise made with it.</summary>
/// <param name="Outcome">Whether the session counts now, or why not.</param>
/// <param name="Settings">The settings in force in the room when it was answered; their timeout is the one promised (rule 4).</param>
/// <param name="Joined">The user was not present in the room before this heartbeat.</param>
/// <param name="Viewers">The room's viewer count right after it.</param>
public readonly record struct HeartbeatReceipt(HeartbeatOutcome Outcome, PresenceSettings Settings, bool Joined, int Viewers)
{
    /// <summary>What keeps the user out, where that is the outcome.</summary>
    public Removal? Removal { get; init; }
}
