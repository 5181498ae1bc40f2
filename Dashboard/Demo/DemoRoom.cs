namespace Presence.Dashboard.Demo;

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
