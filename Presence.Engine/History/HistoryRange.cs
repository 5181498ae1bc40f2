namespace Presence.Engine.History;

/// <summary>How far back the network's history reaches, and how finely. The numbers are stored.</summary>
public enum HistoryRange : byte
{
    /// <summary>The last hour in steps of 15 s.</summary>
    Hour = 0,

    /// <summary>The last day in steps of 60 s, and an hour more: a day on which clocks are set back has 25.</summary>
    Day = 1,
}
