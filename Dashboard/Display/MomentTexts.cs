using System.Globalization;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>What a fall or a surge of viewers came from, in words.</summary>
internal static class MomentTexts
{
    /// <summary>"54 of 61 timed out. In the quarter of an hour before: 2 of 9. 51 were on Android · 4.2.1, 18 % of the room: probably delivery, not content."</summary>
    public static string Sentences(DropFinding finding, MomentCause cause)
    {
        if (finding.Left == 0)
            return HistoryTexts.FindingNobody;
        var (most, all) = (Numbers.Count(finding.OfReason), Numbers.Count(finding.Left));
        var sentences = new List<string>
        {
            finding.Reason switch
            {
                LeaveReason.Timeout => Sentence.With(HistoryTexts.FindingTimeout, most, all),
                LeaveReason.Disabled => Sentence.With(HistoryTexts.FindingDisabled, most, all),
                LeaveReason.Removed => Sentence.With(HistoryTexts.FindingRemoved, most, all),
                LeaveReason.Ended => Sentence.With(HistoryTexts.FindingEnded, most, all),
                LeaveReason.Left => Sentence.With(HistoryTexts.FindingLeft, most, all),
                _ => Sentence.With(HistoryTexts.FindingMixed, all),
            },
        };
        if (finding.LeftBefore == 0)
            sentences.Add(HistoryTexts.FindingBeforeNone);
        else
            sentences.Add(finding.Reason == LeaveReason.None
                ? Sentence.With(HistoryTexts.FindingBeforeAll, Numbers.Count(finding.LeftBefore))
                : Sentence.With(HistoryTexts.FindingBefore, Numbers.Count(finding.OfReasonBefore), Numbers.Count(finding.LeftBefore)));
        if (finding.Device is { } device)
            sentences.Add(Sentence.With(HistoryTexts.FindingDevice, Numbers.Count(finding.OfDevice), VisibleText.Isolated(SessionDevices.Text(device)), finding.DeviceShare.ToString("P0", CultureInfo.CurrentCulture)));
        if (Conclusion(cause) is { } conclusion)
            sentences.Add(conclusion);
        return string.Join(' ', sentences);
    }

    /// <summary>"Android · 4.2.1 timed out", "start", "no cause found": a moment's cause where there is little room.</summary>
    public static string Cause(BroadcastMoment moment) => moment.Cause switch
    {
        MomentCause.Start => HistoryTexts.CauseStart,
        MomentCause.End => HistoryTexts.CauseEnd,
        MomentCause.Settings => HistoryTexts.CauseSettings,
        MomentCause.Disabled => HistoryTexts.CauseDisabled,
        MomentCause.Ban => HistoryTexts.CauseBan,
        MomentCause.Delivery when moment.Finding is { Device: { } device } finding => Sentence.With(
            finding.Reason == LeaveReason.Timeout ? HistoryTexts.CauseDeviceTimeout : HistoryTexts.CauseDeviceLeft, SessionDevices.Text(device)),
        MomentCause.Delivery => HistoryTexts.CauseDelivery,
        MomentCause.Content => HistoryTexts.CauseContent,
        _ => HistoryTexts.CauseUnknown,
    };

    /// <summary>"−61 in 2 min".</summary>
    public static string Change(BroadcastMoment moment) =>
        Sentence.With(HistoryTexts.MomentChange, Numbers.Change(moment.Change), Durations.Rough(moment.Until - moment.From > TimeSpan.FromMinutes(1) ? moment.Until - moment.From : TimeSpan.FromMinutes(1)));

    private static string? Conclusion(MomentCause cause) => cause switch
    {
        MomentCause.Delivery => HistoryTexts.ProbablyDelivery,
        MomentCause.Content => HistoryTexts.ProbablyContent,
        MomentCause.Settings => HistoryTexts.ProbablySettings,
        _ => null,
    };
}

/// <summary>What somebody changed, in words.</summary>
internal static class HistoryEventTexts
{
    /// <summary>"Heartbeat interval 30 s → 20 s", "spam_22 banned": a few words.</summary>
    /// <param name="happened">The change.</param>
    /// <param name="namesPeople">Whether who was banned is said.</param>
    public static string Name(HistoryEvent happened, bool namesPeople = true) => happened.Kind switch
    {
        HistoryEventKind.Banned => namesPeople ? Sentence.With(HistoryTexts.EventBanned, UserOf(happened)) : HistoryTexts.EventBan,
        HistoryEventKind.BanLifted => namesPeople ? Sentence.With(HistoryTexts.EventLifted, UserOf(happened)) : HistoryTexts.EventLift,
        _ => Differences(happened) switch
        {
            [] => HistoryTexts.EventSaved,
            [var only] => Words(only),
            [var first, ..] differences => Sentence.With(HistoryTexts.EventAndMore, Words(first), Numbers.Count(differences.Count - 1)),
        },
    };

    /// <summary>All of it.</summary>
    public static string Text(HistoryEvent happened, bool namesPeople = true)
    {
        var text = happened.Kind is HistoryEventKind.SettingsChanged or HistoryEventKind.RoomChanged && Differences(happened) is { Count: > 0 } differences
            ? string.Join(", ", differences.Select(Words))
            : Name(happened, namesPeople);
        return namesPeople && happened.By is { Length: > 0 } by ? Sentence.With(RoomTexts.ChangeBy, text, by) : text;
    }

    private static IReadOnlyList<SettingsDifference> Differences(HistoryEvent happened) => happened switch
    {
        { Settings: { } after } => SettingsDifferences.Between(happened.SettingsBefore, after),
        { RoomBefore: { } before, Room: { } after } => SettingsDifferences.Between(before, after),
        _ => [],
    };

    private static string Words(SettingsDifference difference) => difference.Before is null
        ? Sentence.With(RoomTexts.ChangeTo, difference.Name, difference.After)
        : Sentence.With(RoomTexts.ChangeToFrom, difference.Name, difference.Before, difference.After);

    private static string UserOf(HistoryEvent happened) => happened.UserId is { Length: > 0 } userId ? VisibleText.IdOf(userId) : HistoryTexts.Erased;
}

/// <summary>How a broadcast is called, and how its length reads.</summary>
internal static class BroadcastTexts
{
    /// <summary>"main-stage, Sunday evening".</summary>
    public static string Title(Broadcast broadcast, LocalTime clock) => Sentence.With(
        clock.HourOfDay(broadcast.StartedAt) switch
        {
            >= 5 and < 12 => HistoryTexts.TitleMorning,
            >= 12 and < 17 => HistoryTexts.TitleAfternoon,
            >= 17 and < 23 => HistoryTexts.TitleEvening,
            _ => HistoryTexts.TitleNight,
        },
        Room(broadcast),
        clock.Weekday(broadcast.StartedAt));

    /// <summary>"29 November, 19:55": what tells it from others of its room.</summary>
    public static string Moment(Broadcast broadcast, LocalTime clock) => Sentence.With(HistoryTexts.Started, clock.LongDay(broadcast.StartedAt, broadcast.StartedAt), clock.Hour(broadcast.StartedAt));

    /// <summary>What the room was called, or its id.</summary>
    public static string Room(Broadcast broadcast) => VisibleText.NameOf(broadcast.Title) ?? VisibleText.IdOf(broadcast.RoomId);

    /// <summary>"29 November, 19:55 – 21:40, 1 h 45 min."</summary>
    public static string When(Broadcast broadcast, DateTimeOffset now, LocalTime clock)
    {
        var day = clock.LongDay(broadcast.StartedAt, now);
        if (broadcast.EndedAt is not { } end)
            return Sentence.With(HistoryTexts.WhenLive, day, clock.Hour(broadcast.StartedAt), Durations.Rough(now - broadcast.StartedAt));
        return Sentence.With(HistoryTexts.When, day, clock.Hour(broadcast.StartedAt), clock.Clock(end, broadcast.StartedAt), Durations.Rough(end - broadcast.StartedAt));
    }

    /// <summary>"29 % more people than the average of the last ten."; null without any before.</summary>
    public static string? Compared(BroadcastFigures figures, UsualBroadcast? usual)
    {
        if (usual is not { People: > 0 })
            return null;
        var ratio = (figures.People / usual.People) - 1;
        var than = Than(usual);
        return Math.Abs(ratio) < 0.005
            ? Sentence.With(HistoryTexts.ComparedSame, than)
            : Sentence.With(ratio > 0 ? HistoryTexts.ComparedMore : HistoryTexts.ComparedFewer, Math.Abs(ratio).ToString("P0", CultureInfo.CurrentCulture), than);
    }

    /// <summary>"the average of the last ten".</summary>
    public static string Than(UsualBroadcast usual) => usual.Broadcasts == 1 ? HistoryTexts.TheOneBefore : Sentence.With(HistoryTexts.AverageOfLast, Numbers.Count(usual.Broadcasts));
}

/// <summary>One point of a chart whose stretches can be chosen. Null where a line has no point.</summary>
/// <param name="From">When it begins.</param>
/// <param name="Until">When the next one begins.</param>
/// <param name="Line">On the line.</param>
/// <param name="Area">The top of the filled area.</param>
/// <param name="Dashed">On the dashed line.</param>
/// <param name="Joins">Viewers who joined meanwhile.</param>
/// <param name="Leaves">Viewers who left meanwhile.</param>
public readonly record struct StretchPoint(DateTimeOffset From, DateTimeOffset Until, double? Line, double? Area, double? Dashed = null, int Joins = 0, int Leaves = 0)
{
    /// <summary>A screen shows no more, and each is a place of its own for the pointer.</summary>
    public const int Most = 400;

    /// <summary>A room's curve, with a gap where the server did not run: the average count of each step, beside another curve from the same start.</summary>
    public static IReadOnlyList<StretchPoint> Of(HistoryCurve curve, IReadOnlyList<double>? beside = null)
    {
        var points = curve.Points.Select((point, index) => new StretchPoint(
            point.Span.From, point.Span.Until, point.Recorded > 0 ? point.Average : null, point.Recorded > 0 ? point.Average : null, beside is not null && index < beside.Count ? beside[index] : null, point.Joins, point.Leaves.Total)).ToList();
        // The other one went on for longer.
        for (var index = points.Count; points.Count > 0 && beside is not null && index < beside.Count; index++)
        {
            var last = points[^1];
            points.Add(new StretchPoint(last.Until, last.Until + (points[0].Until - points[0].From), null, null, beside[index]));
        }
        return Thin(points, keepsPeaks: false);
    }

    /// <summary>The network's or a room's curve of a range: the most of each step, above its average.</summary>
    public static IReadOnlyList<StretchPoint> WithPeaks(HistoryCurve curve) =>
        Thin([.. curve.Points.Select(point => new StretchPoint(point.Span.From, point.Span.Until, point.Recorded > 0 ? point.Peak : null, point.Recorded > 0 ? point.Average : null, null, point.Joins, point.Leaves.Total))], keepsPeaks: true);

    /// <summary>Neighbours put together until few enough are left.</summary>
    private static List<StretchPoint> Thin(List<StretchPoint> points, bool keepsPeaks)
    {
        var together = (points.Count + Most - 1) / Most;
        return together <= 1 ? points : [.. points.Chunk(together).Select(some => new StretchPoint(
            some[0].From, some[^1].Until, keepsPeaks ? some.Max(point => point.Line) : some.Average(point => point.Line), some.Average(point => point.Area), some.Average(point => point.Dashed), some.Sum(point => point.Joins), some.Sum(point => point.Leaves)))];
    }
}

/// <summary>Why a viewer left, in words.</summary>
internal static class LeaveReasons
{
    public static string Text(LeaveReason reason) => reason switch
    {
        LeaveReason.Timeout => RoomTexts.ReasonTimeout,
        LeaveReason.Disabled => RoomTexts.ReasonDisabled,
        LeaveReason.Removed => RoomTexts.ReasonRemoved,
        LeaveReason.Ended => RoomTexts.ReasonEnded,
        _ => RoomTexts.ReasonLeft,
    };
}

/// <summary>What a session runs on, in words.</summary>
internal static class SessionDevices
{
    /// <summary>"Pixel 9 · 4.2.0".</summary>
    public static string Text(SessionDevice device) => (VisibleText.NameOf(device.Name), VisibleText.NameOf(device.AppVersion)) switch
    {
        ({ } name, { } version) => name + " · " + version,
        ({ } name, null) => name,
        (null, { } version) => version,
        _ => RoomTexts.DeviceUnknown,
    };

    /// <summary>What tells the session from others of its user.</summary>
    public static string Session(string sessionId) => sessionId.Length == 0 ? RoomTexts.DefaultSession : VisibleText.IdOf(sessionId);
}
