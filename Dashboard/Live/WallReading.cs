namespace Presence.Dashboard.Live;

/// <summary>What the wall shows, read at one moment.</summary>
/// <param name="Rooms">The tiles.</param>
/// <param name="Viewers">Distinct viewers of the whole network.</param>
/// <param name="At">The moment the counts are true of.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record WallReading(IReadOnlyList<RoomRow> Rooms, int Viewers, DateTimeOffset At, bool IsWarming, bool IsEnabled);
