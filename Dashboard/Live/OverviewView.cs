using Presence.Engine.History;

namespace Presence.Dashboard.Live;

/// <summary>What the overview was asked to show.</summary>
/// <param name="Range">What the chart covers; it stands in the address.</param>
/// <param name="DayBegan">When today began where the moderator is.</param>
internal sealed record OverviewView(HistoryRange Range, DateTimeOffset DayBegan);
