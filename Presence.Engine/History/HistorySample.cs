namespace Presence.Engine.History;

/// <summary>What the network did in one step of its history.</summary>
/// <param name="At">When the step began: a whole multiple of the step, UTC.</param>
/// <param name="Viewers">The most distinct viewers that a sweep of the step saw.</param>
/// <param name="Joins">Viewers who came to a room.</param>
/// <param name="Leaves">Viewers who left one, whatever the reason.</param>
/// <param name="Heartbeats">Heartbeats accepted in rooms.</param>
public readonly record struct HistorySample(DateTimeOffset At, int Viewers, int Joins, int Leaves, int Heartbeats);
