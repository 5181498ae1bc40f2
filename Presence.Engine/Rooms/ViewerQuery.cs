namespace Presence.Engine.Rooms;

/// <summary>Which viewers to list.</summary>
public sealed record ViewerQuery
{
    /// <summary>The order.</summary>
    public ViewerSort Sort { get; init; } = ViewerSort.LatestHeartbeatFirst;

    /// <summary>At most so many; 1..<see cref="PresenceLimits.Page"/>.</summary>
    public int Limit { get; init; } = PresenceLimits.Page;

    /// <summary>Only viewers whose id or display name contains this text, whatever its case, accents or composition; null lists all. At most <see cref="PresenceLimits.SearchLength"/> characters.</summary>
    public string? Search { get; init; }

    /// <summary>Only viewers in this state; null lists all.</summary>
    public ViewerState? State { get; init; }

    /// <summary>Only viewers who are fading, or only those who are not; null lists both.</summary>
    public bool? IsFading { get; init; }

    /// <summary>Only viewers without an account, or only those with one; null lists both.</summary>
    public bool? IsGuest { get; init; }

    /// <summary>Only viewers one of whose sessions said a device and app version ("Pixel 8 4.2.1") that contain this text, compared as in <see cref="Search"/>; null lists all. At most <see cref="PresenceLimits.SearchLength"/> characters.</summary>
    public string? Device { get; init; }

    /// <summary>Only viewers who have been present for longer than this; null lists all.</summary>
    public TimeSpan? LongerThan { get; init; }

    /// <summary>Only viewers whose hand is raised, or only those whose is not; null lists both.</summary>
    public bool? IsHandRaised { get; init; }

    /// <summary>Only these users; null lists all. Compared as ids are (<see cref="PresenceComparers.UserId"/>).</summary>
    public IReadOnlySet<string>? UserIds { get; init; }

    /// <summary>Leave out so many at the front, without a filter, in an order by joining, and not together with <see cref="After"/>. Between two reads viewers move up and down; a cursor is what never skips one.</summary>
    public int Skip { get; init; }

    /// <summary>Continue behind this viewer; null starts at the first. Not with the orders by heartbeat, which move while one reads.</summary>
    public ViewerCursor? After { get; init; }

    /// <summary>Whether a viewer passes the filters, that of the device apart: it is the sessions that know it.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="now">The moment up to which it has been present.</param>
    public bool Matches(Viewer viewer, DateTimeOffset now) =>
        MatchesMark(new ViewerStatus(viewer.State, viewer.IsFading), viewer.IsGuest, (now - viewer.JoinedAt).Ticks)
        && UserIds?.Contains(viewer.UserId) != false
        && (IsHandRaised is not { } raised || raised == viewer.HandRaisedAt is not null)
        && (FoldedSearch is not { } search
            || Letters.Contains(viewer.UserId, search)
            || (viewer.Profile?.DisplayName is { } name && Letters.Contains(name, search)));

    internal bool MatchesMark(ViewerStatus mark, bool isGuest, long presentFor) =>
        (State is null || mark.State == State)
        && (IsFading is null || mark.IsFading == IsFading)
        && (IsGuest is null || isGuest == IsGuest)
        && (LongerThan is not { } longest || presentFor > longest.Ticks);

    /// <summary>The search as names are compared with it; null when there is none.</summary>
    internal string? FoldedSearch => string.IsNullOrEmpty(Search) ? null : Letters.Fold(Search);

    /// <summary>Whether every viewer of the room is looked at, however few are listed.</summary>
    public bool LooksAtAll => IsFiltered || Sort == ViewerSort.Name;

    internal bool IsFiltered =>
        !string.IsNullOrEmpty(Search) || State is not null || IsFading is not null || IsGuest is not null || !string.IsNullOrEmpty(Device) || LongerThan is not null || IsHandRaised is not null || UserIds is not null;

    /// <summary>Whether the order or the search needs to know what viewers are called.</summary>
    internal bool GoesByNames => !string.IsNullOrEmpty(Search) || Sort == ViewerSort.Name;

    internal bool IsByJoin => Sort is ViewerSort.FirstJoinedFirst or ViewerSort.LastJoinedFirst;

    internal bool IsByHeartbeat => Sort is ViewerSort.LatestHeartbeatFirst or ViewerSort.OldestHeartbeatFirst;
}

/// <summary>The orders of a viewer list.</summary>
public enum ViewerSort
{
    /// <summary>Latest heartbeat first: the published default.</summary>
    LatestHeartbeatFirst,

    /// <summary>Oldest heartbeat first.</summary>
    OldestHeartbeatFirst,

    /// <summary>Longest present first.</summary>
    FirstJoinedFirst,

    /// <summary>Newest arrival first.</summary>
    LastJoinedFirst,

    /// <summary>By display name, or id where there is none, in the order of letters; ties by id.</summary>
    Name,
}

/// <summary>A page of viewers and the room's count, both of one moment.</summary>
/// <param name="Viewers">The viewers asked for, in the order asked for.</param>
/// <param name="Matching">How many viewers match the filters, listed or not; the room's viewer count when there was none.</param>
/// <param name="Count">The whole room at the same moment.</param>
public sealed record ViewerPage(IReadOnlyList<Viewer> Viewers, int Matching, RoomCount Count)
{
    /// <summary>Where the next page continues; null when this was the last, or when the order has no cursor.</summary>
    public ViewerCursor? Next { get; init; }
}

/// <summary>A position in a viewer list: after the last viewer of a page. It stays valid while viewers join and leave, and over a restart.</summary>
/// <param name="JoinedAt">When the viewer joined, by a clock that is not corrected while the server runs; the place in the orders by joining.</param>
/// <param name="Name">The viewer's name then; with the id the place in the order by name.</param>
/// <param name="UserId">The viewer.</param>
public sealed record ViewerCursor(DateTimeOffset JoinedAt, string Name, string UserId);

/// <summary>Every viewer of a room that matches a query, in its order, and the room's count of the same moment.</summary>
/// <param name="UserIds">The viewers.</param>
/// <param name="Count">The whole room.</param>
public sealed record ViewerOrder(IReadOnlyList<string> UserIds, RoomCount Count);
