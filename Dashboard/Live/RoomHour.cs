using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>What a room's chart shows.</summary>
/// <param name="Trend">The viewer count.</param>
/// <param name="Flow">Joins and leaves.</param>
/// <param name="Changes">Changes of the network's settings within the hour, the latest first.</param>
/// <param name="Saves">Changes of what is special about the room within the hour, the latest first.</param>
public sealed record RoomHour(RoomTrend Trend, RoomFlow Flow, IReadOnlyList<SettingsHistoryEntry> Changes, IReadOnlyList<RoomSave> Saves);
