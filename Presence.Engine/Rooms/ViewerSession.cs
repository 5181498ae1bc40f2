namespace Presence.Engine.Rooms;

/// <summary>One session of a viewer, as of one moment.</summary>
/// <param name="SessionId">The client instance; empty for the user's default session.</param>
/// <param name="Device">What it said it runs on; nothing after a restart, until it says so again.</param>
/// <param name="State">What it last said of its screen.</param>
/// <param name="IsFading">Its heartbeat is overdue; as of the last sweep.</param>
/// <param name="JoinedAt">When it came. After a restart: when its viewer came.</param>
/// <param name="LastHeartbeatAt">Its latest heartbeat.</param>
/// <param name="Deadline">When it stops counting, unless a heartbeat comes.</param>
/// <param name="SettingsVersion">The settings it last said it answers to; 0 when it did not say.</param>
public sealed record ViewerSession(
    string SessionId,
    SessionDevice Device,
    ViewerState State,
    bool IsFading,
    DateTimeOffset JoinedAt,
    DateTimeOffset LastHeartbeatAt,
    DateTimeOffset Deadline,
    int SettingsVersion);
