namespace Presence.Engine.Rooms;

/// <summary>How many are in a room, from one moment. A room nobody is in counts 0 everywhere.</summary>
/// <param name="Viewers">All distinct viewers, users and guests; never capped.</param>
/// <param name="Sessions">Their sessions.</param>
/// <param name="Guests">Viewers without an account.</param>
/// <param name="Hidden">Viewers with no visible session and at least one hidden one.</param>
/// <param name="Fading">Viewers whose every session is overdue but not yet past its deadline, as of the last sweep.</param>
/// <param name="At">The moment the count is true of: the last sweep (rule 7).</param>
public readonly record struct RoomCount(int Viewers, int Sessions, int Guests, int Hidden, int Fading, DateTimeOffset At)
{
    /// <summary>The room's change sequence at that moment: changes up to it are counted, later ones are not.</summary>
    public long Sequence { get; init; }
}
