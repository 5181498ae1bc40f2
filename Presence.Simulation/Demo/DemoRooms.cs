namespace Presence.Simulation.Demo;

/// <summary>The rooms of the demo: about 370 viewers between surges.</summary>
internal static class DemoRooms
{
    public static readonly IReadOnlyList<DemoRoom> All =
    [
        new() { RoomId = "derby-watch-party", Crowd = 96, MeanStay = TimeSpan.FromMinutes(9), Swing = 0.25 },
        new() { RoomId = "chess-finals", Crowd = 68, MeanStay = TimeSpan.FromMinutes(12), Wave = TimeSpan.FromMinutes(17) },
        new() { RoomId = "cooking-with-ana", Crowd = 56, MeanStay = TimeSpan.FromMinutes(7), Wave = TimeSpan.FromMinutes(9) },
        new() { RoomId = "late-night-jazz", Crowd = 48, MeanStay = TimeSpan.FromMinutes(10), HiddenShare = 0.45, Wave = TimeSpan.FromMinutes(14) },
        new() { RoomId = "study-with-me", Crowd = 40, MeanStay = TimeSpan.FromMinutes(16), HiddenShare = 0.6, Swing = 0.1 },
        new() { RoomId = "museum-night-tour", Crowd = 26, MeanStay = TimeSpan.FromMinutes(6), GuestShare = 0.5, Wave = TimeSpan.FromMinutes(8) },
        new() { RoomId = "owl-nest-camera", Crowd = 14, MeanStay = TimeSpan.FromMinutes(4), Swing = 0.4, GuestShare = 0.3, Wave = TimeSpan.FromMinutes(6) },
        new()
        {
            RoomId = "album-release-live",
            Crowd = 22,
            MeanStay = TimeSpan.FromMinutes(5),
            GuestShare = 0.25,
            Surge = new DemoSurge(
                First: TimeSpan.FromSeconds(75),
                Every: TimeSpan.FromMinutes(8),
                Rise: TimeSpan.FromSeconds(40),
                Viewers: 170,
                MeanStay: TimeSpan.FromSeconds(90)),
        },
    ];
}

/// <summary>What a room of the demo is like: how many watch, how long they stay, how they behave.</summary>
internal sealed record DemoRoom
{
    public required string RoomId { get; init; }

    /// <summary>Viewers at once, in the mean and without surges.</summary>
    public required double Crowd { get; init; }

    /// <summary>How long a viewer stays, in the mean; stays are exponential, most are short and some are long.</summary>
    public required TimeSpan MeanStay { get; init; }

    /// <summary>How far the crowd swells and shrinks over one <see cref="Wave"/>, as a share of it.</summary>
    public double Swing { get; init; } = 0.2;

    /// <summary>From one high tide to the next.</summary>
    public TimeSpan Wave { get; init; } = TimeSpan.FromMinutes(12);

    /// <summary>The share of viewers whose tab goes to the background for a while.</summary>
    public double HiddenShare { get; init; } = 0.2;

    /// <summary>The share of viewers without an account.</summary>
    public double GuestShare { get; init; } = 0.15;

    /// <summary>A crowd that comes all at once; null in a quiet room.</summary>
    public DemoSurge? Surge { get; init; }
}
