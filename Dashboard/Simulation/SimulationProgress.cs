namespace Presence.Dashboard.Simulation;

/// <summary>How a simulation goes.</summary>
/// <param name="Elapsed">Since its beginning.</param>
/// <param name="Present">Viewers whose last heartbeat was taken.</param>
/// <param name="Watching">Viewers there are.</param>
/// <param name="Heartbeats">Sent so far.</param>
/// <param name="Latency">What 95 % of the heartbeats did not exceed.</param>
/// <param name="WrongRooms">Rooms whose last count was wrong.</param>
/// <param name="FailedSamples">How often the counts could not be had.</param>
internal sealed record SimulationProgress(TimeSpan Elapsed, int Present, int Watching, long Heartbeats, TimeSpan Latency, int WrongRooms, int FailedSamples);
