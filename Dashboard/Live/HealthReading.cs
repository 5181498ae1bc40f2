namespace Presence.Dashboard.Live;

/// <summary>How the server itself is doing, in as much as fits a line.</summary>
/// <param name="Failing">Background loops that fail and are tried again.</param>
/// <param name="Loops">How many there are.</param>
/// <param name="Waiting">Joins and leaves not yet written to the disk.</param>
public sealed record HealthReading(IReadOnlyList<string> Failing, int Loops, int Waiting);
