namespace Presence.Dashboard.Live;

/// <summary>How the server itself is doing, in as much as fits a line.</summary>
/// <param name="Failing">Background loops that fail and are tried again.</param>
/// <param name="Loops">How many there are.</param>
/// <param name="Unstored">Joins and leaves not yet on the disk.</param>
/// <param name="WriterLag">How long ago the oldest of them happened.</param>
public sealed record HealthReading(IReadOnlyList<string> Failing, int Loops, long Unstored, TimeSpan WriterLag);
