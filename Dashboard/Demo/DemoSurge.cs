namespace Presence.Dashboard.Demo;

/// <summary>A crowd that comes all at once, again and again, and ebbs by leaving soon.</summary>
/// <param name="First">When it first begins, from the start of the demo.</param>
/// <param name="Every">From one beginning to the next.</param>
/// <param name="Rise">How long people keep arriving.</param>
/// <param name="Viewers">How many arrive.</param>
/// <param name="MeanStay">How long they stay, in the mean.</param>
internal sealed record DemoSurge(TimeSpan First, TimeSpan Every, TimeSpan Rise, double Viewers, TimeSpan MeanStay)
{
    public double ArrivalsPerSecond => Viewers / Rise.TotalSeconds;

    public bool IsRising(TimeSpan elapsed) =>
        elapsed >= First && (elapsed - First).Ticks % Every.Ticks < Rise.Ticks;
}
