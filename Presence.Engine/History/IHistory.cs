using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.History;

/// <summary>The one way to look back. Pages, API and downloads know only it.</summary>
/// <remarks>
/// <para><b>Accuracy.</b> Instants are milliseconds. What a viewer watched ends with its last sign: at most one heartbeat interval too early.
/// A visit counts in what is kept a second after it ended. Broadcasts, moments and drops include the viewers who are present now; attendance lists visits that ended.</para>
/// <para><b>Threads.</b> Any. <b>Cost.</b> Each call says what it reads; none holds a reading of the database open between two pieces of its answer.</para>
/// </remarks>
public interface IHistory
{
    /// <summary>For how long history is kept, and how it is divided.</summary>
    HistorySettings Settings { get; }

    /// <summary>Viewers of a room or the network over a range.</summary>
    /// <exception cref="ArgumentException">An empty range, or more than <see cref="HistoryCalendar.MostSteps"/> steps. The message is for the caller.</exception>
    /// <remarks><b>Cost.</b> The rows of minutes or of quarters of an hour in the range: 35,000 for a year.</remarks>
    Task<HistoryCurve> ReadCurveAsync(CurveQuery query, CancellationToken cancellationToken = default);

    /// <summary>Broadcasts, the latest first.</summary>
    Task<HistoryPage<Broadcast>> ReadBroadcastsAsync(BroadcastQuery query, CancellationToken cancellationToken = default);

    /// <summary>One broadcast, whole; null when there is none with this id.</summary>
    /// <remarks><b>Cost.</b> One that ended: its rows of minutes. One that goes on: its visits as well.</remarks>
    Task<BroadcastReport?> ReadBroadcastAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Visits that ended and touch a range, by room and then by when they began.</summary>
    Task<HistoryPage<Visit>> ReadAttendanceAsync(AttendanceQuery query, CancellationToken cancellationToken = default);

    /// <summary>All visits that <see cref="ReadAttendanceAsync"/> lists, from the query's cursor on, in constant memory.</summary>
    IAsyncEnumerable<Visit> StreamAttendanceAsync(AttendanceQuery query, CancellationToken cancellationToken = default);

    /// <summary>What is kept of a user in all; null when nothing.</summary>
    Task<PersonSummary?> ReadPersonAsync(string userId, CancellationToken cancellationToken = default);

    /// <summary>How often users were in a room before: of each, the broadcasts of the room's latest <see cref="RoomRegulars.Broadcasts"/> that ended.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userIds">At most <see cref="PresenceLimits.Page"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks><b>Cost.</b> One reading: for each user, a look into an index for each of those broadcasts, however many visits there are.</remarks>
    Task<RoomRegulars> ReadRegularsAsync(string roomId, IReadOnlyList<string> userIds, CancellationToken cancellationToken = default);

    /// <summary>A user's visits, the latest first.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cursor">Where the page before ended; null starts with the latest.</param>
    /// <param name="take">How many at most, 1..<see cref="PresenceLimits.Page"/>.</param>
    /// <param name="within">Those to rooms of this set; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<HistoryPage<Visit>> ReadVisitsAsync(string userId, string? cursor = null, int take = PresenceLimits.Page, RoomSet? within = null, CancellationToken cancellationToken = default);

    /// <summary>Who was in a room at an instant, in the order in which they joined.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="at">The instant.</param>
    /// <param name="skip">How many to leave out, 0 or more.</param>
    /// <param name="take">How many at most, 0..<see cref="PresenceLimits.Page"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks><b>Cost.</b> The visits of the room that began in the six hours before, and the longer ones.</remarks>
    Task<RoomMoment> ReadMomentAsync(string roomId, DateTimeOffset at, int skip = 0, int take = PresenceLimits.Page, CancellationToken cancellationToken = default);

    /// <summary>Who of those present at one instant was gone at another, and who had come.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="from">The earlier instant.</param>
    /// <param name="until">The later one.</param>
    /// <param name="take">How many of each list at most, 0..<see cref="PresenceLimits.Page"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<MomentComparison> CompareMomentsAsync(string roomId, DateTimeOffset from, DateTimeOffset until, int take = PresenceLimits.Page, CancellationToken cancellationToken = default);

    /// <summary>Who left a room in a stretch of time, and what they have in common.</summary>
    /// <exception cref="ArgumentException">The stretch is empty, or longer than a day.</exception>
    Task<DropReport> ReadDropAsync(string roomId, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default);

    /// <summary>Changes of settings and rooms, and bans, the latest first: those of a room and of the network, or of everything.</summary>
    /// <param name="roomId">The room; null for all.</param>
    /// <param name="from">The range's first moment.</param>
    /// <param name="until">The first moment after it.</param>
    /// <param name="take">How many at most, 1..1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<HistoryEvent>> ReadEventsAsync(string? roomId, DateTimeOffset from, DateTimeOffset until, int take = 100, CancellationToken cancellationToken = default);

    /// <summary>What happened since an instant, the most important first.</summary>
    /// <param name="since">The instant; at most 30 days ago.</param>
    /// <param name="take">How many items at most, 1..<see cref="PresenceLimits.Page"/>.</param>
    /// <param name="within">What happened in rooms of this set; null for everything.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<AwayReport> ReadAwayAsync(DateTimeOffset since, int take = 20, RoomSet? within = null, CancellationToken cancellationToken = default);

    /// <summary>People who left within the last hour and whose id or name contains a text: of each the latest visit, the latest first.</summary>
    /// <param name="text">Up to <see cref="PresenceLimits.SearchLength"/> characters; case, accents and composition do not matter.</param>
    /// <param name="take">How many at most, 1..<see cref="PresenceLimits.Page"/>.</param>
    /// <param name="within">Out of rooms of this set; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<Visit>> FindDepartedAsync(string text, int take = 8, RoomSet? within = null, CancellationToken cancellationToken = default);

    /// <summary>What another interval and timeout would have come to over the last day, beside those in force in the room or the network.</summary>
    /// <exception cref="ArgumentException">The interval and the timeout do not go together. The message is for the caller.</exception>
    /// <remarks><b>Cost.</b> The first in a minute reads the day's visits of the room, or of the rooms that were watched most. The next count with what it read.</remarks>
    Task<Rehearsal> RehearseAsync(RehearsalQuery query, CancellationToken cancellationToken = default);

    /// <summary>How much history there is, and how much a day adds.</summary>
    /// <remarks><b>Cost.</b> The last day's quarters of an hour of every room, and a look at every person.</remarks>
    Task<HistoryVolume> ReadVolumeAsync(CancellationToken cancellationToken = default);
}

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextCursor">Where the next page begins; null when there is none. It stays valid: what is deleted meanwhile is left out, nothing is repeated.</param>
public sealed record HistoryPage<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Which curve.</summary>
public sealed record CurveQuery
{
    /// <summary>The room; null for the network.</summary>
    public string? RoomId { get; init; }

    /// <summary>The range's first moment.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first moment after it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>How long a point is; null chooses by the range's length (<see cref="HistoryCalendar.StepFor"/>).</summary>
    public HistoryStep? Step { get; init; }

    /// <summary>Whose hours and days; null for the network's (<see cref="HistorySettings.Zone"/>).</summary>
    public TimeZoneInfo? Zone { get; init; }
}

/// <summary>Viewers over a range.</summary>
/// <param name="Step">How long a point is.</param>
/// <param name="Zone">Whose hours and days.</param>
/// <param name="Points">Every step of the range up to now, in order and without holes.</param>
public sealed record HistoryCurve(HistoryStep Step, TimeZoneInfo Zone, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>Joins of all points.</summary>
    public int Joins => Points.Sum(point => point.Joins);

    /// <summary>Leaves of all points.</summary>
    public LeaveCounts Leaves => Points.Aggregate(default(LeaveCounts), (sum, point) => sum + point.Leaves);
}

/// <summary>One step of a curve.</summary>
/// <param name="Span">When.</param>
public readonly record struct CurvePoint(HistorySpan Span)
{
    /// <summary>The time all viewers were counted, added up.</summary>
    public TimeSpan Viewers { get; init; }

    /// <summary>The part of it that was hidden.</summary>
    public TimeSpan Hidden { get; init; }

    /// <summary>The part of it of viewers without an account.</summary>
    public TimeSpan Guests { get; init; }

    /// <summary>The most viewers at once.</summary>
    public int Peak { get; init; }

    /// <summary>Viewers who joined.</summary>
    public int Joins { get; init; }

    /// <summary>Viewers who left, by reason.</summary>
    public LeaveCounts Leaves { get; init; }

    /// <summary>In how many minutes the server ran. Where it is 0 there is no data, and with more than 0 and no viewers nobody was there.</summary>
    public int Recorded { get; init; }

    /// <summary>The average count.</summary>
    public double Average => Span.Length > TimeSpan.Zero ? Viewers / Span.Length : 0;
}

/// <summary>Which broadcasts.</summary>
public sealed record BroadcastQuery
{
    /// <summary>Of one room; null for all.</summary>
    public string? RoomId { get; init; }

    /// <summary>Of rooms of this set; null for all.</summary>
    public RoomSet? Within { get; init; }

    /// <summary>Those that were live at this instant or later; null for all.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Those that started before it; null for all.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Where the page before ended; null starts with the latest.</summary>
    public string? Cursor { get; init; }

    /// <summary>How many at most, 1..<see cref="PresenceLimits.Page"/>.</summary>
    public int Take { get; init; } = 50;

    /// <summary>How many visits may be read for the figures so far of those that go on; 0 leaves them without. Those it is not enough for have none.</summary>
    public int LiveVisits { get; init; }
}

/// <summary>Which visits.</summary>
public sealed record AttendanceQuery
{
    /// <summary>Of one room; null for all, in the order in which rooms were first recorded.</summary>
    public string? RoomId { get; init; }

    /// <summary>Those that ended after it.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Those that began before it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Where the page before ended; null starts with the first.</summary>
    public string? Cursor { get; init; }

    /// <summary>How many at most, 1..1,000.</summary>
    public int Take { get; init; } = PresenceLimits.Page;
}

/// <summary>What is kept of a person in all.</summary>
/// <param name="UserId">Who.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="FirstSeenAt">When the first visit began.</param>
/// <param name="LastSeenAt">When the latest one ended.</param>
/// <param name="Visits">How many.</param>
/// <param name="Watched">For how long in all, hidden time included.</param>
public sealed record PersonSummary(string UserId, bool IsGuest, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, long Visits, TimeSpan Watched);

/// <summary>Who of some users was in a room before.</summary>
/// <param name="Ended">The room's latest broadcasts that ended, at most <see cref="Broadcasts"/>: without one, nobody can be told to be new.</param>
/// <param name="Known">Those with earlier visits.</param>
public sealed record RoomRegulars(int Ended, IReadOnlyDictionary<string, RoomRegular> Known)
{
    /// <summary>Broadcasts looked at.</summary>
    public const int Broadcasts = 50;

    /// <summary>A visit under way for longer is told from an earlier one by it: in a room that is never empty, there is one broadcast.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromHours(6);
}

/// <summary>A user who was in a room before.</summary>
/// <param name="Attended">In how many of the broadcasts looked at; 0 for one who was there before, in the one that goes on or in one that is no longer known.</param>
/// <param name="LastAt">When the latest of them began; null for none.</param>
public sealed record RoomRegular(int Attended, DateTimeOffset? LastAt);

/// <summary>Who was in a room at an instant.</summary>
/// <param name="At">The instant.</param>
/// <param name="Viewers">How many.</param>
/// <param name="Guests">How many of them without an account.</param>
/// <param name="Page">Some of their visits. One that goes on has no reason yet, and lasts until now.</param>
public sealed record RoomMoment(DateTimeOffset At, int Viewers, int Guests, IReadOnlyList<Visit> Page);

/// <summary>Two instants of a room.</summary>
/// <param name="Before">How many were there at the earlier one.</param>
/// <param name="After">How many at the later one.</param>
/// <param name="Stayed">How many at both, whether they were away in between or not.</param>
/// <param name="Gone">Those of the earlier one who were not there at the later one: the visits they left with.</param>
/// <param name="Came">Those of the later one who were not there at the earlier one.</param>
public sealed record MomentComparison(int Before, int After, int Stayed, IReadOnlyList<Visit> Gone, IReadOnlyList<Visit> Came)
{
    /// <summary>How many are gone, listed or not.</summary>
    public int GoneCount => Before - Stayed;

    /// <summary>How many came, listed or not.</summary>
    public int CameCount => After - Stayed;
}

/// <summary>A change somebody made.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When.</param>
public sealed record HistoryEvent(HistoryEventKind Kind, DateTimeOffset At)
{
    /// <summary>Where; null for the whole network.</summary>
    public string? RoomId { get; init; }

    /// <summary>Who was banned; empty when erased, null for everything else.</summary>
    public string? UserId { get; init; }

    /// <summary>Who did it: a moderator's email or a server key's name.</summary>
    public string? By { get; init; }

    /// <summary>The settings before, for <see cref="HistoryEventKind.SettingsChanged"/>; null for the first version.</summary>
    public PresenceSettings? SettingsBefore { get; init; }

    /// <summary>The settings after.</summary>
    public PresenceSettings? Settings { get; init; }

    /// <summary>The room's definition before, for <see cref="HistoryEventKind.RoomChanged"/>.</summary>
    public RoomDefinition? RoomBefore { get; init; }

    /// <summary>The room's definition after.</summary>
    public RoomDefinition? Room { get; init; }

    /// <summary>Until when a ban holds.</summary>
    public DateTimeOffset? BannedUntil { get; init; }

    /// <summary>Why, in the words of who did it.</summary>
    public string? Reason { get; init; }
}

/// <summary>What happened since somebody last looked.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Items">The most important first.</param>
/// <param name="Peak">The network's highest minute since; null when nothing was recorded.</param>
/// <param name="Broadcasts">How many broadcasts ended.</param>
public sealed record AwayReport(DateTimeOffset Since, IReadOnlyList<AwayItem> Items, CurvePoint? Peak, int Broadcasts);

/// <summary>One thing that happened. Of the last three members the one that says it is set.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When.</param>
/// <param name="RoomId">Where; null for the whole network.</param>
public sealed record AwayItem(AwayKind Kind, DateTimeOffset At, string? RoomId)
{
    /// <summary>The fall of a room.</summary>
    public BroadcastMoment? Drop { get; init; }

    /// <summary>The broadcast that started or ended, or in which a room fell.</summary>
    public Broadcast? Broadcast { get; init; }

    /// <summary>The change somebody made.</summary>
    public HistoryEvent? Event { get; init; }
}

/// <summary>What happened, the most important first.</summary>
public enum AwayKind : byte
{
    /// <summary>Presence was switched off, for the network or a room.</summary>
    Disabled,

    /// <summary>A room fell.</summary>
    Drop,

    /// <summary>Settings of the network were changed.</summary>
    SettingsChanged,

    /// <summary>A broadcast ended.</summary>
    BroadcastEnded,

    /// <summary>A broadcast started, and goes on.</summary>
    BroadcastStarted,

    /// <summary>Somebody was banned, or a ban was lifted.</summary>
    Ban,

    /// <summary>A room was changed.</summary>
    RoomChanged,
}
