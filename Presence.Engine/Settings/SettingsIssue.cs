using System.Globalization;

namespace Presence.Engine.Settings;

/// <summary>One thing wrong with, or worth knowing about, a set of settings.</summary>
/// <param name="Finding">What it is, for whoever words it in another language.</param>
/// <param name="Field">The member concerned, as the wire names it: <c>heartbeatIntervalSeconds</c>, <c>presenceTimeoutSeconds</c>, <c>listLimit</c>.</param>
/// <param name="Values">The numbers that belong to it, as the finding says: a <see cref="TimeSpan"/>, or an <see cref="int"/> for what is counted.</param>
public sealed record SettingsIssue(SettingsIssueKind Finding, string Field, params IReadOnlyList<object> Values)
{
    /// <summary>A sentence with the values, the rule and the way out, as the API says it.</summary>
    public string Message => string.Format(CultureInfo.InvariantCulture, Sentence, [.. Values.Select(value => value is TimeSpan span ? Seconds(span) : value)]);

    private string Sentence => Finding switch
    {
        SettingsIssueKind.IntervalOutOfRange => "The heartbeat interval is {0}. It must be between {1} and {2}.",
        SettingsIssueKind.TimeoutOutOfRange => "The presence timeout is {0}. It must be between {1} and {2}.",
        SettingsIssueKind.TimeoutTooClose => "The presence timeout ({0}) must be at least {1} longer than the heartbeat interval ({2}). Raise the timeout to {3} or more, or shorten the interval.",
        SettingsIssueKind.ListLimitOutOfRange => "The list cap is {0}. It must be between {1} and {2}.",
        SettingsIssueKind.TitleRefused => "title must have 1 to {0} characters and no control characters. Leave it out to show the room's id.",
        SettingsIssueKind.StatusUnknown => "status must be live or ended.",
        SettingsIssueKind.ReasonTooLong => "The reason has {0} characters. The limit is {1}.",
        SettingsIssueKind.NoHeartbeatMayBeLost => "One missed heartbeat makes a viewer leave: the timeout ({0}) is less than twice the interval ({1}).",
        SettingsIssueKind.PublishedClientsFlicker => "Published TypeScript clients always send a heartbeat every 30 s. With a timeout of {0}, their viewers drop out and rejoin. Use more than {1}.",
        SettingsIssueKind.HiddenTabsFlicker => "Hidden browser tabs wake up about once a minute. With a timeout of {0}, viewers in the background may drop out and rejoin. Use {1} or more to keep them.",
        _ => "Published clients expect an interval between {0} and {1}. It is {2}.",
    };

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}

/// <summary>What the rules can find about settings; the numbers that belong to each stand in <see cref="SettingsIssue.Values"/>, in this order.</summary>
public enum SettingsIssueKind
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
