namespace Presence.Engine.Rooms;

/// <summary>A room's viewer count over the last hour, from memory.</summary>
/// <param name="Recent">Samples of the last five minutes, oldest first, <see cref="RecentStep"/> apart; the last is the count now. Shorter while the room is younger.</param>
/// <param name="Hour">Samples of the last hour, oldest first, <see cref="HourStep"/> apart; the last is the count now. Shorter while the room is younger.</param>
/// <param name="At">The moment of the last sample of both.</param>
public sealed record RoomTrend(IReadOnlyList<int> Recent, IReadOnlyList<int> Hour, DateTimeOffset At)
{
    /// <summary>Between two samples of <see cref="Recent"/>: 15 s.</summary>
    public static readonly TimeSpan RecentStep = TimeSpan.FromSeconds(15);

    /// <summary>Between two samples of <see cref="Hour"/>: 60 s.</summary>
    public static readonly TimeSpan HourStep = TimeSpan.FromSeconds(60);

    /// <summary>When the last full sample of <see cref="Hour"/> was taken, the one before now; <see cref="At"/> while there is none.</summary>
    public DateTimeOffset SampledAt { get; init; } = At;

    /// <summary>The moment of a sample of <see cref="Hour"/>.</summary>
    public DateTimeOffset HourAt(int index) => index >= Hour.Count - 1 ? At : SampledAt - (HourStep * (Hour.Count - 2 - index));

    /// <summary>Samples of <see cref="Recent"/> that make a minute.</summary>
    internal const int StepsOfAMinute = 4;

    /// <summary>How the count moved over the last minute (or since the room began): now less then.</summary>
    public int MinuteChange => Recent[^1] - Recent[Math.Max(0, Recent.Count - 1 - StepsOfAMinute)];

    /// <summary>How the count moved over the last five minutes (or since the room began): now less then.</summary>
    public int RecentChange => Recent[^1] - Recent[0];
}
