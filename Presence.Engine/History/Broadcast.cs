namespace Presence.Engine.History;

/// <summary>Why a broadcast is over. The numbers are stored.</summary>
public enum BroadcastEnd : byte
{
    /// <summary>It goes on.</summary>
    None = 0,

    /// <summary>The room was empty for longer than the gap allows. It ended when the last viewer left.</summary>
    Empty = 1,

    /// <summary>The room's status was set to ended.</summary>
    Ended = 2,
}

/// <summary>What is kept of changes made by people. The numbers are stored.</summary>
public enum HistoryEventKind : byte
{
    /// <summary>The network's settings.</summary>
    SettingsChanged = 0,

    /// <summary>A room's title, status or own settings.</summary>
    RoomChanged = 1,

    /// <summary>Somebody was banned.</summary>
    Banned = 2,

    /// <summary>A ban was lifted.</summary>
    BanLifted = 3,
}
