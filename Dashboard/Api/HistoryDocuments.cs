using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Api;

/// <summary>The words of the wire for what history names.</summary>
internal static class HistoryWords
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Absent for what says nothing.</summary>
    public static string? OfReason(LeaveReason reason) => reason == LeaveReason.None ? null : Of(reason);

    /// <summary>Numbers that were computed; two places are more than they are good for.</summary>
    public static double Rounded(double number) => Math.Round(number, 2);
}

/// <summary>One stay of a viewer in a room. Several sessions at once are one visit.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">The user, or the guest's id.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="JoinedAt">When the viewer joined.</param>
/// <param name="LeftAt">When the viewer stopped counting: for a timeout, the deadline. Absent while the visit goes on.</param>
/// <param name="Reason">Why it ended. Absent while it goes on.</param>
/// <param name="LastSeenAt">When the viewer was last known to watch: for a timeout, the latest heartbeat.</param>
/// <param name="WatchedSeconds">From <c>joinedAt</c> to <c>lastSeenAt</c>.</param>
/// <param name="HiddenSeconds">The part of <c>watchedSeconds</c> with all sessions in the background. The rest was visible.</param>
/// <param name="Device">The device of the session that led last.</param>
/// <param name="AppVersion">Its app version.</param>
internal sealed record VisitDocument(
    string RoomId,
    string UserId,
    bool Guest,
    DateTimeOffset JoinedAt,
    DateTimeOffset? LeftAt,
    [property: AllowedValues("left", "timeout", "disabled", "removed", "ended")] string? Reason,
    DateTimeOffset LastSeenAt,
    double WatchedSeconds,
    double HiddenSeconds,
    string? Device,
    string? AppVersion)
{
    public static VisitDocument Of(Visit visit) => new(
        visit.RoomId, visit.UserId, visit.IsGuest, visit.JoinedAt, visit.Reason == LeaveReason.None ? null : visit.LeftAt, HistoryWords.OfReason(visit.Reason),
        visit.SeenAt, visit.Watched.TotalSeconds, visit.Hidden.TotalSeconds, visit.Device.Name, visit.Device.AppVersion);
}

/// <summary>A page of visits.</summary>
/// <param name="Visits">By room and then by when they began.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"visits":[{"roomId":"lobby","userId":"anna","guest":false,"joinedAt":"2026-11-21T20:02:11.304Z","leftAt":"2026-11-21T21:40:02.000Z","reason":"left",
/// "lastSeenAt":"2026-11-21T21:40:02.000Z","watchedSeconds":5870.696,"hiddenSeconds":312,"device":"Pixel 9","appVersion":"4.2.1"}]}
/// </example>
internal sealed record VisitsReply(IReadOnlyList<VisitDocument> Visits, string? Cursor);

/// <summary>A user's visits.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Guest">Without an account. Absent when nothing is kept.</param>
/// <param name="Count">How many visits are kept.</param>
/// <param name="WatchedSeconds">Of all of them.</param>
/// <param name="FirstSeenAt">When the first visit began.</param>
/// <param name="LastSeenAt">When the latest one ended.</param>
/// <param name="Visits">The latest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"userId":"anna","guest":false,"count":1,"watchedSeconds":5870.696,"firstSeenAt":"2026-11-21T20:02:11.304Z","lastSeenAt":"2026-11-21T21:40:02.000Z",
/// "visits":[{"roomId":"lobby","userId":"anna","guest":false,"joinedAt":"2026-11-21T20:02:11.304Z","leftAt":"2026-11-21T21:40:02.000Z","reason":"left",
/// "lastSeenAt":"2026-11-21T21:40:02.000Z","watchedSeconds":5870.696,"hiddenSeconds":312,"device":"Pixel 9","appVersion":"4.2.1"}]}
/// </example>
internal sealed record UserVisitsDocument(
    string UserId,
    bool? Guest,
    long Count,
    double WatchedSeconds,
    DateTimeOffset? FirstSeenAt,
    DateTimeOffset? LastSeenAt,
    IReadOnlyList<VisitDocument> Visits,
    string? Cursor)
{
    public static UserVisitsDocument Of(string userId, PersonSummary? person, IReadOnlyList<Visit> visits, string? cursor) => new(
        userId, person?.IsGuest, person?.Visits ?? 0, person?.Watched.TotalSeconds ?? 0, person?.FirstSeenAt, person?.LastSeenAt, [.. visits.Select(VisitDocument.Of)], cursor);
}

/// <summary>Viewers who left, by reason.</summary>
/// <param name="Left">The client said so.</param>
/// <param name="Timeout">Heartbeats stopped.</param>
/// <param name="Disabled">Presence was switched off.</param>
/// <param name="Removed">A moderator removed them.</param>
/// <param name="Ended">The room was ended.</param>
internal sealed record LeavesPart(int Left, int Timeout, int Disabled, int Removed, int Ended)
{
    public static LeavesPart Of(LeaveCounts leaves) => new(leaves.Left, leaves.Timeout, leaves.Disabled, leaves.Removed, leaves.Ended);
}

/// <summary>Viewers over a range.</summary>
/// <param name="RoomId">The room. Absent for the network.</param>
/// <param name="Step">The length of a point.</param>
/// <param name="Zone">The time zone of hours and days.</param>
/// <param name="Joins">Joins of all points.</param>
/// <param name="Leaves">Leaves of all points.</param>
/// <param name="Points">Every step of the range up to now, in order.</param>
/// <example>
/// {"roomId":"lobby","step":"hour","zone":"Europe/Berlin","joins":412,"leaves":{"left":301,"timeout":88,"disabled":0,"removed":2,"ended":0},"points":[{"from":"2026-11-21T20:00:00.000Z",
/// "to":"2026-11-21T21:00:00.000Z","viewers":812.4,"hidden":71.25,"guests":44,"peak":1240,"joins":412,"leaves":{"left":301,"timeout":88,"disabled":0,"removed":2,"ended":0},"recordedMinutes":60}]}
/// </example>
internal sealed record CurveDocument(
    string? RoomId,
    [property: AllowedValues("minute", "quarter", "hour", "day")] string Step,
    string Zone,
    int Joins,
    LeavesPart Leaves,
    IReadOnlyList<CurveDocument.PointPart> Points)
{
    public static CurveDocument Of(string? roomId, HistoryCurve curve) =>
        new(roomId, HistoryWords.Of(curve.Step), curve.Zone.Id, curve.Joins, LeavesPart.Of(curve.Leaves), [.. curve.Points.Select(PointPart.Of)]);

    /// <summary>One step of a curve.</summary>
    /// <param name="From">Its first moment.</param>
    /// <param name="To">The first moment after it. The last point ends where recording does.</param>
    /// <param name="Viewers">The average count. Null where the server did not run, like the next three.</param>
    /// <param name="Hidden">The average of hidden viewers among them.</param>
    /// <param name="Guests">The average of guests among them.</param>
    /// <param name="Peak">The most viewers at once.</param>
    /// <param name="Joins">Viewers who joined.</param>
    /// <param name="Leaves">Viewers who left.</param>
    /// <param name="RecordedMinutes">In how many minutes the server ran.</param>
    internal sealed record PointPart(DateTimeOffset From, DateTimeOffset To, double? Viewers, double? Hidden, double? Guests, int? Peak, int Joins, LeavesPart Leaves, int RecordedMinutes)
    {
        public static PointPart Of(CurvePoint point) => new(
            point.Span.From, point.Span.Until, Average(point, point.Viewers), Average(point, point.Hidden), Average(point, point.Guests),
            point.Recorded > 0 ? point.Peak : null, point.Joins, LeavesPart.Of(point.Leaves), point.Recorded);

        private static double? Average(in CurvePoint point, TimeSpan counted) => point.Recorded == 0 ? null : point.Span.Length > TimeSpan.Zero ? HistoryWords.Rounded(counted / point.Span.Length) : 0;
    }
}

/// <summary>A continuous live period of a room.</summary>
/// <param name="BroadcastId">The id.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Title">The room's title then.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended: when the last viewer left, or the room was ended. Absent while it is live.</param>
/// <param name="EndReason">Why it ended: the room was empty for longer than the network's gap, or was ended. Absent while it is live.</param>
/// <param name="Figures">What it came to. In lists, absent while it is live and until it is computed after the end.</param>
internal sealed record BroadcastDocument(
    long BroadcastId,
    string RoomId,
    string? Title,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    [property: AllowedValues("empty", "ended")] string? EndReason,
    BroadcastDocument.FiguresPart? Figures)
{
    public static BroadcastDocument Of(Broadcast broadcast) => new(
        broadcast.Id, broadcast.RoomId, broadcast.Title, broadcast.StartedAt, broadcast.EndedAt, broadcast.End == BroadcastEnd.None ? null : HistoryWords.Of(broadcast.End),
        broadcast.Figures is { } figures ? FiguresPart.Of(figures) : null);

    /// <summary>What a broadcast came to.</summary>
    /// <param name="Peak">The most viewers at once.</param>
    /// <param name="PeakAt">When they were first so many.</param>
    /// <param name="Average">The average count.</param>
    /// <param name="People">Different viewers.</param>
    /// <param name="Users">Those with an account.</param>
    /// <param name="Guests">Those without.</param>
    /// <param name="Returning">Those who had watched something here before it began.</param>
    /// <param name="New">Those who had not.</param>
    /// <param name="Joins">Visits that began.</param>
    /// <param name="WatchedSeconds">What all watched. A viewer counts once at a time.</param>
    /// <param name="HiddenSeconds">The part of it with all sessions in the background.</param>
    /// <param name="WatchedSecondsEach">The average of a viewer.</param>
    /// <param name="MedianStaySeconds">Half of the viewers watched at least this long.</param>
    internal sealed record FiguresPart(
        int Peak,
        DateTimeOffset? PeakAt,
        double Average,
        int People,
        int Users,
        int Guests,
        int Returning,
        int New,
        int Joins,
        double WatchedSeconds,
        double HiddenSeconds,
        double WatchedSecondsEach,
        double MedianStaySeconds)
    {
        public static FiguresPart Of(BroadcastFigures figures) => new(
            figures.Peak, figures.PeakAt, HistoryWords.Rounded(figures.Average), figures.People, figures.Users, figures.Guests, figures.Returning, figures.New, figures.Joins,
            figures.Watched.TotalSeconds, figures.Hidden.TotalSeconds, HistoryWords.Rounded(figures.WatchedEach.TotalSeconds), figures.MedianStay.TotalSeconds);
    }
}

/// <summary>A page of broadcasts.</summary>
/// <param name="Broadcasts">The latest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"broadcasts":[{"broadcastId":41,"roomId":"lobby","title":"Finals","startedAt":"2026-11-21T20:00:02.101Z","endedAt":"2026-11-21T22:04:40.000Z","endReason":"empty","figures":{"peak":1388,
/// "peakAt":"2026-11-21T21:12:00.412Z","average":942.18,"people":2204,"users":2061,"guests":143,"returning":1530,"new":674,"joins":3120,"watchedSeconds":7044012.4,"hiddenSeconds":611020,
/// "watchedSecondsEach":3196.01,"medianStaySeconds":2410.2}}]}
/// </example>
internal sealed record BroadcastsReply(IReadOnlyList<BroadcastDocument> Broadcasts, string? Cursor);

/// <summary>A broadcast, whole.</summary>
/// <param name="Broadcast">The broadcast, with its figures, also while it is live.</param>
/// <param name="Curve">Its viewers by the minute, or by the quarter of an hour.</param>
/// <param name="Usual">What the room's last ten broadcasts before it had in common. Absent when there was none.</param>
/// <param name="Moments">The largest ways in and out, the largest first.</param>
/// <param name="Events">Changes of settings and the room, and bans, while it was live, oldest first.</param>
/// <example>
/// {"broadcast":{"broadcastId":41,"roomId":"lobby","startedAt":"2026-11-21T20:00:02.101Z"},"curve":{"roomId":"lobby","step":"minute","zone":"UTC","joins":0,
/// "leaves":{"left":0,"timeout":0,"disabled":0,"removed":0,"ended":0},"points":[]},"moments":[{"from":"2026-11-21T21:14:00.000Z","to":"2026-11-21T21:17:00.000Z","change":-97,"cause":"delivery",
/// "finding":{"left":97,"reason":"timeout","leftForReason":82,"leftBefore":9,"leftForReasonBefore":2,"device":"Android","appVersion":"4.2.1","leftOnDevice":79,"deviceShare":0.18}}],"events":[]}
/// </example>
internal sealed record BroadcastReportDocument(
    BroadcastDocument Broadcast,
    CurveDocument Curve,
    BroadcastReportDocument.UsualPart? Usual,
    IReadOnlyList<BroadcastReportDocument.MomentPart> Moments,
    IReadOnlyList<HistoryEventPart> Events)
{
    public static BroadcastReportDocument Of(BroadcastReport report) => new(
        BroadcastDocument.Of(report.Broadcast), CurveDocument.Of(report.Broadcast.RoomId, report.Curve),
        report.Usual is { } usual ? new UsualPart(usual.Broadcasts, HistoryWords.Rounded(usual.People), HistoryWords.Rounded(usual.Peak), [.. usual.Curve.Select(HistoryWords.Rounded)]) : null,
        [.. report.Moments.Select(moment => new MomentPart(moment.From, moment.Until, moment.Change, HistoryWords.Of(moment.Cause), moment.Finding is { } finding ? FindingPart.Of(finding) : null))],
        [.. report.Events.Select(HistoryEventPart.Of)]);

    /// <summary>What earlier broadcasts had in common.</summary>
    /// <param name="Broadcasts">How many, up to ten.</param>
    /// <param name="People">The average number of different viewers.</param>
    /// <param name="Peak">The average peak.</param>
    /// <param name="Viewers">The average count at the same distance from the start, one for each point of the curve.</param>
    internal sealed record UsualPart(int Broadcasts, double People, double Peak, IReadOnlyList<double> Viewers);

    /// <summary>A stretch in which many came or went.</summary>
    /// <param name="From">When it began.</param>
    /// <param name="To">When it was over.</param>
    /// <param name="Change">The change of the count. Negative for a fall.</param>
    /// <param name="Cause">What it came from, as far as can be told.</param>
    /// <param name="Finding">For a fall: what those who left have in common.</param>
    internal sealed record MomentPart(
        DateTimeOffset From,
        DateTimeOffset To,
        int Change,
        [property: AllowedValues("unknown", "start", "end", "settings", "disabled", "ban", "delivery", "content")] string Cause,
        FindingPart? Finding);
}

/// <summary>What those who left have in common.</summary>
/// <param name="Left">How many left.</param>
/// <param name="Reason">The reason of more than half of them. Absent when there is none.</param>
/// <param name="LeftForReason">How many had it.</param>
/// <param name="LeftBefore">How many left in the quarter of an hour before.</param>
/// <param name="LeftForReasonBefore">How many of those had that reason.</param>
/// <param name="Device">The device that stands out: half of those who left, at twice its share of the room. Absent when none does.</param>
/// <param name="AppVersion">Its app version.</param>
/// <param name="LeftOnDevice">How many of those who left were on it.</param>
/// <param name="DeviceShare">Its share of the room before, 0 to 1.</param>
internal sealed record FindingPart(
    int Left,
    [property: AllowedValues("left", "timeout", "disabled", "removed", "ended")] string? Reason,
    int LeftForReason,
    int LeftBefore,
    int LeftForReasonBefore,
    string? Device,
    string? AppVersion,
    int LeftOnDevice,
    double DeviceShare)
{
    public static FindingPart Of(DropFinding finding) => new(
        finding.Left, HistoryWords.OfReason(finding.Reason), finding.OfReason, finding.LeftBefore, finding.OfReasonBefore,
        finding.Device?.Name, finding.Device?.AppVersion, finding.OfDevice, HistoryWords.Rounded(finding.DeviceShare));
}

/// <summary>A change that somebody made.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When.</param>
/// <param name="RoomId">The room. Absent for the whole network.</param>
/// <param name="UserId">Who was banned.</param>
/// <param name="By">Who did it: an account's email or a server key's name.</param>
/// <param name="Reason">Why, in their words.</param>
/// <param name="BannedUntil">The end of a ban.</param>
/// <param name="Settings">The network's settings afterwards.</param>
/// <param name="SettingsBefore">The network's settings before.</param>
/// <param name="Room">The room's definition afterwards.</param>
/// <param name="RoomBefore">The room's definition before.</param>
internal sealed record HistoryEventPart(
    [property: AllowedValues("settingsChanged", "roomChanged", "banned", "banLifted")] string Kind,
    DateTimeOffset At,
    string? RoomId,
    string? UserId,
    string? By,
    string? Reason,
    DateTimeOffset? BannedUntil,
    HistoryEventPart.SettingsPart? Settings,
    HistoryEventPart.SettingsPart? SettingsBefore,
    HistoryEventPart.DefinitionPart? Room,
    HistoryEventPart.DefinitionPart? RoomBefore)
{
    public static HistoryEventPart Of(HistoryEvent happened) => new(
        HistoryWords.Of(happened.Kind), happened.At, happened.RoomId, happened.UserId, happened.By, happened.Reason, happened.BannedUntil,
        Of(happened.Settings), Of(happened.SettingsBefore), Of(happened.Room), Of(happened.RoomBefore));

    private static SettingsPart? Of(PresenceSettings? settings) =>
        settings is null ? null : new SettingsPart(settings.Enabled, settings.HeartbeatInterval.TotalSeconds, settings.PresenceTimeout.TotalSeconds, settings.ListLimit);

    private static DefinitionPart? Of(RoomDefinition? room) => room is null
        ? null
        : new DefinitionPart(
            room.Title, HistoryWords.Of(room.Status), new DefinedRoomDocument.StoredOverrides(room.Overrides.Enabled, room.Overrides.HeartbeatInterval?.TotalSeconds, room.Overrides.PresenceTimeout?.TotalSeconds));

    /// <summary>The network's settings.</summary>
    /// <param name="Enabled">Whether presence is on.</param>
    /// <param name="HeartbeatIntervalSeconds">How often clients should send a heartbeat.</param>
    /// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat.</param>
    /// <param name="ListLimit">The most viewers of a list.</param>
    internal sealed record SettingsPart(bool Enabled, double HeartbeatIntervalSeconds, double PresenceTimeoutSeconds, int ListLimit);

    /// <summary>A room's definition.</summary>
    /// <param name="Title">Shown instead of the id.</param>
    /// <param name="Status">Whether the room accepts heartbeats or has ended.</param>
    /// <param name="Overrides">Overrides of the network's settings.</param>
    internal sealed record DefinitionPart(string? Title, [property: AllowedValues("live", "ended")] string Status, DefinedRoomDocument.StoredOverrides Overrides);
}

/// <summary>Who was in a room at an instant.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="At">The instant.</param>
/// <param name="Count">How many viewers.</param>
/// <param name="Guests">How many of them without an account.</param>
/// <param name="Visits">Their visits, in the order in which they joined.</param>
/// <param name="Comparison">With <c>until</c>.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"roomId":"lobby","at":"2026-11-21T20:14:00.000Z","count":1,"guests":0,"visits":[{"roomId":"lobby","userId":"anna","guest":false,"joinedAt":"2026-11-21T20:02:11.304Z",
/// "leftAt":"2026-11-21T21:40:02.000Z","reason":"left","lastSeenAt":"2026-11-21T21:40:02.000Z","watchedSeconds":5870.696,"hiddenSeconds":312}],
/// "comparison":{"until":"2026-11-21T20:30:00.000Z","count":2,"stayed":1,"goneCount":0,"cameCount":1,"gone":[],"came":[{"roomId":"lobby","userId":"berta","guest":false,
/// "joinedAt":"2026-11-21T20:21:00.020Z","lastSeenAt":"2026-11-21T22:10:00.000Z","watchedSeconds":6539.98,"hiddenSeconds":0}]}}
/// </example>
internal sealed record MomentDocument(
    string RoomId,
    DateTimeOffset At,
    int Count,
    int Guests,
    IReadOnlyList<VisitDocument> Visits,
    MomentDocument.ComparisonPart? Comparison,
    string? Cursor)
{
    /// <summary>A later instant.</summary>
    /// <param name="Until">The instant.</param>
    /// <param name="Count">How many viewers then.</param>
    /// <param name="Stayed">How many at both, whether they were away in between or not.</param>
    /// <param name="GoneCount">How many were gone.</param>
    /// <param name="CameCount">How many had come.</param>
    /// <param name="Gone">The visits with which they left, in that order. At most <c>limit</c>.</param>
    /// <param name="Came">Their visits, in the order in which they joined. At most <c>limit</c>.</param>
    internal sealed record ComparisonPart(DateTimeOffset Until, int Count, int Stayed, int GoneCount, int CameCount, IReadOnlyList<VisitDocument> Gone, IReadOnlyList<VisitDocument> Came)
    {
        public static ComparisonPart Of(DateTimeOffset until, MomentComparison comparison) => new(
            until, comparison.After, comparison.Stayed, comparison.GoneCount, comparison.CameCount,
            [.. comparison.Gone.Select(VisitDocument.Of)], [.. comparison.Came.Select(VisitDocument.Of)]);
    }
}

/// <summary>Why a room's count fell.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it was over.</param>
/// <param name="CountBefore">Viewers when it began.</param>
/// <param name="CountAfter">Viewers when it was over.</param>
/// <param name="Joins">Viewers who joined.</param>
/// <param name="Leaves">Viewers who left.</param>
/// <param name="LeavesBefore">Viewers who left in the quarter of an hour before.</param>
/// <param name="Devices">Those who left by device and app version, most first, up to ten.</param>
/// <param name="Stays">Those who left by how long they had watched.</param>
/// <param name="Events">Changes that somebody made in it, or in the two minutes before.</param>
/// <param name="Cause">What it came from, as far as can be told: <c>delivery</c> when most timed out, <c>content</c> when most left by themselves.</param>
/// <param name="Finding">What those who left have in common.</param>
/// <example>
/// {"roomId":"lobby","from":"2026-11-21T21:14:00.000Z","to":"2026-11-21T21:17:00.000Z","countBefore":441,"countAfter":352,"joins":8,"leaves":{"left":15,"timeout":82,"disabled":0,"removed":0,"ended":0},
/// "leavesBefore":{"left":7,"timeout":2,"disabled":0,"removed":0,"ended":0},"devices":[{"device":"Android","appVersion":"4.2.1","left":79,"present":80}],"stays":[{"fromSeconds":0,"toSeconds":60,"left":4},
/// {"fromSeconds":60,"left":93}],"events":[],"cause":"delivery","finding":{"left":97,"reason":"timeout","leftForReason":82,"leftBefore":9,"leftForReasonBefore":2,"device":"Android",
/// "appVersion":"4.2.1","leftOnDevice":79,"deviceShare":0.18}}
/// </example>
internal sealed record DropDocument(
    string RoomId,
    DateTimeOffset From,
    DateTimeOffset To,
    int CountBefore,
    int CountAfter,
    int Joins,
    LeavesPart Leaves,
    LeavesPart LeavesBefore,
    IReadOnlyList<DropDocument.DevicePart> Devices,
    IReadOnlyList<DropDocument.StayPart> Stays,
    IReadOnlyList<HistoryEventPart> Events,
    [property: AllowedValues("unknown", "start", "end", "settings", "disabled", "ban", "delivery", "content")] string Cause,
    FindingPart Finding)
{
    public static DropDocument Of(string roomId, DropReport drop) => new(
        roomId, drop.Span.From, drop.Span.Until, drop.Before, drop.After, drop.Joined, LeavesPart.Of(drop.Left), LeavesPart.Of(drop.LeftBefore),
        [.. drop.Devices.Select(device => new DevicePart(device.Device.Name, device.Device.AppVersion, device.Left, device.Present))],
        [.. drop.Stays.Select(stay => new StayPart(stay.From.TotalSeconds, stay.Until?.TotalSeconds, stay.Left))],
        [.. drop.Events.Select(HistoryEventPart.Of)], HistoryWords.Of(drop.Cause), FindingPart.Of(drop.Finding));

    /// <summary>Those on one device and app version.</summary>
    /// <param name="Device">The device. Absent when clients sent none.</param>
    /// <param name="AppVersion">The app version.</param>
    /// <param name="Left">How many left.</param>
    /// <param name="Present">How many there were when it began.</param>
    internal sealed record DevicePart(string? Device, string? AppVersion, int Left, int Present);

    /// <summary>Those who had watched for about as long.</summary>
    /// <param name="FromSeconds">At least this long.</param>
    /// <param name="ToSeconds">And less than this. Absent for the longest.</param>
    /// <param name="Left">How many left.</param>
    internal sealed record StayPart(double FromSeconds, double? ToSeconds, int Left);
}
