namespace Presence.Engine.Settings;

/// <summary>What the rules can find about settings; the numbers that belong to each stand in <see cref="SettingsRemark.Values"/>, in this order.</summary>
public enum SettingsFinding
{
    /// <summary>The interval, the shortest and the longest there may be.</summary>
    IntervalOutOfRange,

    /// <summary>The timeout, the shortest and the longest there may be.</summary>
    TimeoutOutOfRange,

    /// <summary>The timeout, what it must exceed the interval by, the interval, the shortest timeout with it.</summary>
    TimeoutTooClose,

    /// <summary>The cap, the smallest and the largest there may be.</summary>
    ListLimitOutOfRange,

    /// <summary>A room's title: the most characters it may have.</summary>
    TitleRefused,

    /// <summary>A room's status; no numbers.</summary>
    StatusUnknown,

    /// <summary>The reason of a change: its characters, and the most it may have.</summary>
    ReasonTooLong,

    /// <summary>Warning: one heartbeat missed is a leave. The timeout, the interval.</summary>
    NoHeartbeatMayBeLost,

    /// <summary>Warning: clients that keep a pace of their own flicker. The timeout, the longest with which they do.</summary>
    PublishedClientsFlicker,

    /// <summary>Warning: tabs in the background may drop out. The timeout, the shortest that keeps them.</summary>
    HiddenTabsFlicker,

    /// <summary>Warning: published clients do not expect it. The shortest and the longest they do, the interval.</summary>
    IntervalUnexpected,
}
