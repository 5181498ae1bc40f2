using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>
/// Reads the lines of one roster that are on screen, of a room of any size. Reading never counts (rule 8).
/// </summary>
/// <remarks>
/// In an order by joining a window is read by its place, whatever the size of the room. While the moderator points at the list,
/// or has scrolled it, it stands still: the order of that moment is kept, by id, and lines change their state but not their
/// place. Filters and other orders are kept orders too, read anew about once a second.
/// <para><b>Bound.</b> One kept order, which holds a reference for each viewer where the room is.</para>
/// </remarks>
internal sealed class RosterQuery(IPresence presence, ModeratorGuard guard, TimeProvider time, PageReads? reads = null, ViewerNoteStore? notes = null)
{
    /// <summary>The quiet one changed line buys: 20 lines a second, about 12 KB.</summary>
    private static readonly TimeSpan QuietPerLine = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ShortestQuiet = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan QuietOfOrders = TimeSpan.FromSeconds(1);

    /// <summary>An order that takes long is rebuilt less often: it can use a thirtieth of a core.</summary>
    private const int QuietPerWork = 30;

    private readonly Dictionary<string, Viewer> _shown = new(PresenceComparers.UserId);
    private ModeratorAccess _access = ModeratorAccess.None;
    private RosterView? _view;
    private RosterOrder? _order;
    private IReadOnlyList<string> _onScreen = [];
    private int _start;
    private string? _open;
    private bool _isPointedAt;
    private bool _isScrolled;
    private long _heldSince;
    private int _owed;
    private long _readAt;
    private long _orderedAt;
    private TimeSpan _quiet = TimeSpan.Zero;
    private TimeSpan _orderQuiet = QuietOfOrders;

    /// <summary>Whether lines keep their places.</summary>
    public bool IsHeld => _isPointedAt || _isScrolled;

    /// <summary>Whether the visible rows can be read again.</summary>
    public bool IsDue => time.GetElapsedTime(_readAt) >= _quiet;

    /// <summary>The number of joins and leaves since the list was frozen.</summary>
    public async ValueTask<long> CountWaitingAsync()
    {
        if (!IsHeld || _view is not { } view)
            return 0;
        var count = await presence.CountAsync(view.RoomId);
        return _heldSince == 0 ? count.Viewers : Math.Max(0, count.Sequence - _heldSince); // 0: nobody had been in the room
    }

    /// <summary>Shows other viewers from now on; the list moves at once.</summary>
    /// <param name="view">Which, in what order.</param>
    /// <param name="open">The viewer whose sessions are shown. Null for none.</param>
    public async ValueTask ShowAsync(RosterView view, string? open)
    {
        if (view != _view)
        {
            _view = view;
            _order = null;
            _shown.Clear();
            _onScreen = []; // rows of the previous list would otherwise appear in the new one
            _isScrolled = false;
        }
        if (open == _open)
            return;
        _open = open;
        if (open is not null && _order is null)
            await KeepOrderUnlessOwingAsync();
    }

    /// <summary>Sets whether the moderator points at the list.</summary>
    public async ValueTask PointAtAsync(bool isPointedAt)
    {
        var wasHeld = IsHeld;
        _isPointedAt = isPointedAt;
        await ChangeHoldAsync(wasHeld);
    }

    /// <summary>Shows what waits, without letting go.</summary>
    public async ValueTask TakeWaitingAsync()
    {
        _order = null;
        _onScreen = [];
        _quiet = TimeSpan.Zero;
        if (IsHeld)
            await KeepOrderUnlessOwingAsync();
    }

    /// <param name="start">How many lines are above.</param>
    /// <param name="count">How many lines are wanted.</param>
    /// <param name="first">The first viewers as the page around the list shows their count: of one moment with it. Null where it has none.</param>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<RosterWindow> ReadAsync(int start, int count, ViewerPage? first = null)
    {
        var view = _view ?? throw new InvalidOperationException("Nothing was asked for yet.");
        var moderator = await guard.RequireAsync(ModeratorRole.Observer, view.RoomId);
        _access = moderator.Access;
        await PayAsync(moderator.AccountId);
        count = Math.Min(count, PresenceLimits.Page);

        var wasHeld = IsHeld;
        _isScrolled = start > 0;
        await ChangeHoldAsync(wasHeld);
        if (IsHeld ? _order is null : NeedsOrder(view) && (_order is null || time.GetElapsedTime(_orderedAt) >= _orderQuiet))
            await KeepOrderAsync();
        return _order is { } order ? await ReadKeptAsync(order, view, start, count) : await ReadPlaceAsync(view, start, count, first);
    }

    /// <summary>The viewers the list shows, in its order; those who were in it when it was frozen.</summary>
    /// <param name="most">At most so many.</param>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<IReadOnlyList<string>> ReadIdsAsync(int most)
    {
        var view = _view ?? throw new InvalidOperationException("Nothing was asked for yet.");
        var moderator = await guard.RequireAsync(ModeratorRole.Observer, view.RoomId);
        if (_order is not { } order)
        {
            await PayAsync(moderator.AccountId);
            order = RosterOrder.Of(await ReadOrderAsync(view));
        }
        return await order.ReadAsync(0, most);
    }

    private bool NeedsOrder(RosterView view) => _open is not null || !view.IsByPlace;

    private async ValueTask ChangeHoldAsync(bool wasHeld)
    {
        if (wasHeld == IsHeld || _view is not { } view)
            return;
        if (IsHeld)
        {
            if (_order is null)
                await KeepOrderUnlessOwingAsync();
            else
                _heldSince = (await presence.CountAsync(view.RoomId)).Sequence;
            return;
        }
        if (!NeedsOrder(view))
            _order = null;
        _orderedAt = 0;
        _quiet = TimeSpan.Zero;
    }

    /// <summary>Pays for the orders built since the last read: a page that needs many waits.</summary>
    private async ValueTask PayAsync(string accountId)
    {
        var owed = _owed;
        _owed = 0;
        if (reads is not null)
            await reads.WaitAsync(accountId, owed);
    }

    /// <summary>Makes the order now, or with the next read where one is not paid for yet.</summary>
    private ValueTask KeepOrderUnlessOwingAsync() => reads is null || _owed == 0 ? KeepOrderAsync() : ValueTask.CompletedTask;

    private async ValueTask KeepOrderAsync()
    {
        var began = time.GetTimestamp();
        var read = await ReadOrderAsync(_view!);
        _orderQuiet = TimeSpan.FromTicks(Math.Max(QuietOfOrders.Ticks, time.GetElapsedTime(began).Ticks * QuietPerWork));
        _orderedAt = time.GetTimestamp();
        _heldSince = read.Count.Sequence;
        _order = IsHeld ? await RosterOrder.AroundAsync(read, _onScreen, _start) : RosterOrder.Of(read);
    }

    private async ValueTask<IViewerOrder> ReadOrderAsync(RosterView view)
    {
        _owed += (await presence.CountAsync(view.RoomId)).Viewers;
        return await presence.OrderViewersAsync(view.RoomId, view.ToQuery(await guard.HoldsAsync(ModeratorRole.Moderator) ? notes : null));
    }

    private async ValueTask<RosterWindow> ReadPlaceAsync(RosterView view, int start, int count, ViewerPage? first)
    {
        var isThere = first is not null && start == 0 && (first.Next is null || first.Viewers.Count >= count);
        var page = isThere ? first! : await presence.ReadViewersAsync(view.RoomId, view.ToQuery() with { Skip = start, Limit = Math.Max(count, 1) });
        var items = page.Viewers.Take(Math.Max(count, 1)).Select((viewer, index) => new RosterItem(viewer, Session: null) { Line = start + index + 1 }).ToArray();
        Record(start, items);
        return new RosterWindow(items, page.Matching, page.Matching);
    }

    private async ValueTask<RosterWindow> ReadKeptAsync(RosterOrder order, RosterView view, int start, int count)
    {
        var opened = _open is null ? -1 : await order.IndexOfAsync(_open);
        var sessions = opened < 0 ? [] : (await presence.ReadNamedViewersAsync(view.RoomId, [], _open)).Sessions;
        var lines = order.Length + sessions.Count;

        var wanted = Enumerable.Range(start, Math.Clamp(lines - start, 0, count)).Select(line => PlaceOf(line, opened, sessions.Count)).ToArray();
        var first = wanted.Length == 0 ? 0 : wanted[0].Viewer; // places rise from line to line
        var ids = wanted.Length == 0 ? [] : await order.ReadAsync(first, wanted[^1].Viewer - first + 1);
        var present = (await presence.ReadNamedViewersAsync(view.RoomId, ids)).Viewers.ToDictionary(viewer => viewer.UserId, PresenceComparers.UserId);
        var items = wanted.Select((place, index) => ItemOf(ids[place.Viewer - first], place.Session < 0 ? null : sessions[place.Session], present) with { Line = start + index + 1 }).ToArray();
        Record(start, items);
        return new RosterWindow(items, lines, order.Length);
    }

    private static (int Viewer, int Session) PlaceOf(int line, int opened, int sessions)
    {
        if (opened < 0 || line <= opened)
            return (line, -1);
        return line <= opened + sessions ? (opened, line - opened - 1) : (line - sessions, -1);
    }

    private RosterItem ItemOf(string userId, ViewerSession? session, Dictionary<string, Viewer> present)
    {
        if (present.TryGetValue(userId, out var viewer))
            return new RosterItem(viewer, session);
        var known = _shown.GetValueOrDefault(userId) ?? new Viewer(userId, null, IsGuest: false, default, default, ViewerState.Visible, IsFading: false, Sessions: 0);
        return new RosterItem(known, session) { HasLeft = true, IsKeptOut = presence.RemovalOf(userId, _view!.RoomId) is { } ban && _access.Holds(ModeratorRole.Moderator, ban.RoomId) };
    }

    /// <summary>Records the rows on screen: to keep them there, to show who has left, and to update less often while many of them change.</summary>
    private void Record(int start, RosterItem[] items)
    {
        var viewers = items.Where(item => item.Session is null).ToArray();
        var changed = viewers.Count(item => !_shown.ContainsKey(item.Viewer.UserId));
        _shown.Clear();
        foreach (var item in viewers)
            _shown[item.Viewer.UserId] = item.Viewer;
        _onScreen = [.. viewers.Select(item => item.Viewer.UserId)];
        _start = start;
        _readAt = time.GetTimestamp();
        _quiet = TimeSpan.FromTicks(Math.Max((_order is null ? ShortestQuiet : QuietOfOrders).Ticks, changed * QuietPerLine.Ticks));
    }
}

/// <summary>One line of a roster: a viewer, or one of its sessions below it. All lines are equally tall, or a long list would jump.</summary>
/// <param name="Viewer">The viewer; when it left while the list stood still, as it was last seen.</param>
/// <param name="Session">The session the line is of; null for the viewer's own line.</param>
public sealed record RosterItem(Viewer Viewer, ViewerSession? Session)
{
    /// <summary>Its place in the list, 1 for the first.</summary>
    public int Line { get; init; }

    /// <summary>The viewer left after the list was frozen.</summary>
    public bool HasLeft { get; init; }

    /// <summary>The viewer left and is banned: this moderator can let it in again.</summary>
    public bool IsKeptOut { get; init; }

    /// <summary>Tells lines apart, whatever place they are at. Ids hold no control characters.</summary>
    public string Key => Session is null ? Viewer.UserId : Viewer.UserId + "\n" + Session.SessionId;
}

/// <summary>The lines of a roster that are on screen.</summary>
/// <param name="Items">The lines.</param>
/// <param name="Lines">How many lines there are in all.</param>
/// <param name="Viewers">How many viewers match.</param>
internal sealed record RosterWindow(IReadOnlyList<RosterItem> Items, int Lines, int Viewers);

/// <summary>Who on screen is in a room for the first time, and who came back. Read once for each viewer and room, all that are missing in one reading.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/> viewers; one more forgets all. <b>Threads.</b> The circuit's.</remarks>
internal sealed class RegularsQuery(IHistory history, ModeratorGuard guard)
{
    private const int Most = 2_000;

    private readonly Dictionary<string, RoomRegular?> _known = new(PresenceComparers.UserId);
    private string? _roomId;
    private int _ended;
    private bool _isReading;

    /// <summary>What is known of a viewer's earlier visits to the room, in words; null where nothing is to be said.</summary>
    public RegularMark? Of(string userId, LocalTime localTime, DateTimeOffset now) =>
        _known.TryGetValue(userId, out var regular) ? RegularMark.Of(regular, _ended, localTime, now) : null;

    /// <summary>Reads what is missing.</summary>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async Task LearnAsync(string roomId, IEnumerable<string> userIds)
    {
        if (!PresenceComparers.RoomId.Equals(roomId, _roomId))
        {
            _roomId = roomId;
            _known.Clear();
        }
        string[] missing = [.. userIds.Where(userId => !_known.ContainsKey(userId)).Distinct(PresenceComparers.UserId).Take(PresenceLimits.Page)];
        if (missing.Length == 0 || _isReading)
            return;
        _isReading = true;
        try
        {
            await guard.RequireAsync(ModeratorRole.Observer, roomId);
            var read = await history.ReadRegularsAsync(roomId, missing);
            if (!PresenceComparers.RoomId.Equals(roomId, _roomId))
                return;
            if (_known.Count + missing.Length > Most)
                _known.Clear();
            _ended = read.Ended;
            foreach (var userId in missing)
                _known[userId] = read.Known.GetValueOrDefault(userId);
        }
        finally
        {
            _isReading = false;
        }
    }
}

/// <summary>A viewer's earlier visits to a room in words.</summary>
/// <param name="Text">A word or two.</param>
/// <param name="Title">All of it.</param>
/// <param name="IsFirst">Whether there were none.</param>
public sealed record RegularMark(string Text, string Title, bool IsFirst)
{
    /// <param name="regular">What was read; null for no earlier visit.</param>
    /// <param name="ended">How many broadcasts were looked at: without one, nobody is called new.</param>
    /// <param name="localTime">The moderator's clock.</param>
    /// <param name="now">Now.</param>
    internal static RegularMark? Of(RoomRegular? regular, int ended, LocalTime localTime, DateTimeOffset now) => regular switch
    {
        null => ended == 0 ? null : new RegularMark(RoomTexts.FirstTime, RoomTexts.FirstTimeIs, IsFirst: true),
        { LastAt: { } last } => new RegularMark(RoomTexts.Returning, Sentence.With(regular.Attended == 1 ? RoomTexts.ReturningOne : RoomTexts.ReturningIs, Numbers.Count(regular.Attended), Numbers.Count(ended), localTime.Date(last, now)), IsFirst: false),
        _ => new RegularMark(RoomTexts.Returning, RoomTexts.ReturningBefore, IsFirst: false),
    };
}
