using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>One line of the rooms table.</summary>
public sealed record RoomRow(RoomSummary Summary, RoomTrend Trend);
