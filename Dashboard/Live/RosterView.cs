using System.Globalization;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>The viewers of a room that a moderator asked for, from the address of the page or download.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Search">Text a viewer's name or id contains; empty for all.</param>
/// <param name="Sort">The order.</param>
/// <param name="State">Only viewers a list shows in this state; null for all.</param>
public sealed record RosterView(string RoomId, string Search, ViewerSort Sort, ViewerStatusKind? State)
{
    /// <summary>A week: no viewer stays longer.</summary>
    public const int MostMinutes = 7 * 24 * 60;

    /// <summary>The word for every viewer on the watch list.</summary>
    public const string AnyFlag = "any";

    private const string OnlyGuests = "only";
    private const string NoGuests = "none";

    /// <summary>Only viewers without an account, or only those with one; null for both.</summary>
    public bool? Guests { get; init; }

    /// <summary>Text the device and app version of one of a viewer's sessions contain; empty for all.</summary>
    public string Device { get; init; } = "";

    /// <summary>Only viewers present for longer than so many minutes; null for all.</summary>
    public int? Minutes { get; init; }

    /// <summary>Only viewers on the watch list with this flag, or with <see cref="AnyFlag"/>; null for all. For moderators alone.</summary>
    public string? Watch { get; init; }

    /// <summary>How many of the filters beside search and state are set.</summary>
    public int Filters => (Guests is null ? 0 : 1) + (string.IsNullOrWhiteSpace(Device) ? 0 : 1) + (Minutes is null ? 0 : 1) + (Watch is null ? 0 : 1);

    /// <summary>Whether any viewer can be left out.</summary>
    public bool IsFiltered => Search.Length > 0 || State is not null || Filters > 0;

    /// <summary>The values for an address. Null for defaults.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Words =>
    [
        new("search", Search.Length == 0 ? null : Search),
        new("sort", WordOf(Sort)),
        new("state", WordOf(State)),
        new("guests", WordOf(Guests)),
        new("device", Device.Length == 0 ? null : Device),
        new("longer", Minutes?.ToString(CultureInfo.InvariantCulture)),
        new("watch", Watch),
    ];

    /// <summary>Whether a row can be found by its index: all viewers, in an order that only joins and leaves change.</summary>
    public bool IsByPlace => !IsFiltered && Sort is ViewerSort.FirstJoinedFirst or ViewerSort.LastJoinedFirst;

    /// <summary>Reads an address. Unknown values are ignored.</summary>
    public static RosterView Of(string roomId, string? search, string? sort, string? state, string? guests = null, string? device = null, string? longer = null, string? watch = null) => new(
        roomId,
        TextOf(search),
        sort switch
        {
            "joined" => ViewerSort.FirstJoinedFirst,
            "name" => ViewerSort.Name,
            "-heartbeat" => ViewerSort.LatestHeartbeatFirst,
            "heartbeat" => ViewerSort.OldestHeartbeatFirst,
            _ => ViewerSort.LastJoinedFirst, // rows then only move down and never swap
        },
        state switch
        {
            "watching" => ViewerStatusKind.Watching,
            "hidden" => ViewerStatusKind.Hidden,
            "paused" => ViewerStatusKind.Paused,
            "fading" => ViewerStatusKind.Fading,
            _ => null,
        })
    {
        Guests = guests switch { OnlyGuests => true, NoGuests => false, _ => null },
        Device = TextOf(device),
        Minutes = int.TryParse(longer, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 1 and <= MostMinutes ? minutes : null,
        Watch = watch == AnyFlag || NoteWords.FlagOf(watch) is not null ? watch : null,
    };

    /// <summary>How an order is written in the address. Null for the default.</summary>
    public static string? WordOf(ViewerSort sort) => sort switch
    {
        ViewerSort.FirstJoinedFirst => "joined",
        ViewerSort.Name => "name",
        ViewerSort.LatestHeartbeatFirst => "-heartbeat",
        ViewerSort.OldestHeartbeatFirst => "heartbeat",
        _ => null,
    };

    /// <summary>How a state is written in an address.</summary>
    public static string? WordOf(ViewerStatusKind? state) => state switch
    {
        ViewerStatusKind.Watching => "watching",
        ViewerStatusKind.Hidden => "hidden",
        ViewerStatusKind.Paused => "paused",
        ViewerStatusKind.Fading => "fading",
        _ => null,
    };

    /// <summary>How the filter by guests is written in an address.</summary>
    public static string? WordOf(bool? guests) => guests switch { true => OnlyGuests, false => NoGuests, null => null };

    /// <summary>The address of these viewers as CSV, with the words of the page's own address.</summary>
    public string DownloadHref() => RoomLinks.Download(RoomId, "viewers.csv", Words);

    /// <summary>The same in the engine's terms. Fading goes before what a viewer's sessions said, as in the list.</summary>
    /// <param name="notes">Where the watch list is; null for a reader who may not know it.</param>
    public ViewerQuery ToQuery(ViewerNoteStore? notes = null) => new()
    {
        UserIds = Watch is null ? null : notes?.WatchList(NoteWords.FlagOf(Watch)).Select(note => note.UserId).ToHashSet(PresenceComparers.UserId),
        Sort = Sort,
        Search = Search.Length == 0 ? null : Search,
        IsFading = State is null ? null : State == ViewerStatusKind.Fading,
        State = State is null or ViewerStatusKind.Fading ? null : (ViewerState?)State,
        IsGuest = Guests,
        Device = string.IsNullOrWhiteSpace(Device) ? null : Device.Trim(),
        LongerThan = Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
    };

    private static string TextOf(string? word) => word is null ? "" : word.Length <= PresenceLimits.SearchLength ? word : word[..PresenceLimits.SearchLength];
}

/// <summary>An order that was read a moment after what is on screen, with what is on screen kept at its place: what is above it, itself, what is behind it.</summary>
/// <remarks>Who came above since is left out: it would push the others down under the finger.</remarks>
internal sealed class RosterOrder
{
    private readonly IViewerOrder _order;
    private readonly IReadOnlyList<string> _shown;
    private readonly int _from;
    private readonly int _above;
    private readonly int _behind;

    private RosterOrder(IViewerOrder order, IReadOnlyList<string> shown, int from, int above, int behind) =>
        (_order, _shown, _from, _above, _behind) = (order, shown, from, above, behind);

    /// <summary>How many viewers it has.</summary>
    public int Length => _above + _shown.Count + _order.Length - _behind;

    /// <summary>The order as it was read.</summary>
    public static RosterOrder Of(IViewerOrder order) => new(order, [], 0, order.Length, order.Length);

    /// <summary>Keeps what is on screen at its place.</summary>
    /// <param name="order">All viewers now.</param>
    /// <param name="shown">The viewers on screen, some of whom may have left.</param>
    /// <param name="start">How many are above the first on screen.</param>
    public static async ValueTask<RosterOrder> AroundAsync(IViewerOrder order, IReadOnlyList<string> shown, int start)
    {
        if (shown.Count == 0)
            return Of(order);
        var (first, last) = await order.FindAsync(shown);
        var above = Math.Min(start, first < 0 ? order.Length : first);
        return first < 0 ? new(order, shown, 0, above, above) : new(order, shown, first - above, above, last + 1);
    }

    /// <summary>The viewers at these places; as many as there are.</summary>
    public async ValueTask<IReadOnlyList<string>> ReadAsync(int start, int count)
    {
        var end = Math.Min(start + count, Length);
        var shownEnd = _above + _shown.Count;
        var ids = new List<string>(Math.Max(0, end - start));
        if (start < _above)
            ids.AddRange(await _order.ReadAsync(_from + start, Math.Min(end, _above) - start));
        for (var place = Math.Max(start, _above); place < Math.Min(end, shownEnd); place++)
            ids.Add(_shown[place - _above]);
        if (end > shownEnd)
            ids.AddRange(await _order.ReadAsync(_behind + Math.Max(start - shownEnd, 0), end - Math.Max(start, shownEnd)));
        return ids;
    }

    /// <summary>A viewer's place; -1 where it has none.</summary>
    public async ValueTask<int> IndexOfAsync(string userId)
    {
        for (var place = 0; place < _shown.Count; place++)
        {
            if (PresenceComparers.UserId.Equals(_shown[place], userId))
                return _above + place;
        }
        var (at, _) = await _order.FindAsync([userId]);
        if (at >= _behind)
            return _above + _shown.Count + at - _behind;
        return at >= _from && at < _from + _above ? at - _from : -1;
    }
}

/// <summary>An order that is frozen while the moderator points at it: no row moves under the finger, and the rows still update.</summary>
/// <remarks><b>Threads.</b> The circuit's. <b>Bound.</b> The order it was given last.</remarks>
internal sealed class FrozenOrder
{
    private IReadOnlyList<string>? _kept;
    private bool _isHeld;

    /// <summary>Whether the order would be another by now.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Sets whether the moderator points at the list. Afterwards, the next order is the new one.</summary>
    public void Hold(bool isHeld) => _isHeld = isHeld;

    /// <summary>The next order is the new one, held or not: another list was asked for, or the moderator wants to see it.</summary>
    public void Release() => _kept = null;

    /// <summary>The order to show.</summary>
    /// <param name="latest">The order as it is now.</param>
    public IReadOnlyList<string> Of(IReadOnlyList<string> latest)
    {
        if (!_isHeld || _kept is null)
            _kept = latest;
        IsWaiting = !ReferenceEquals(_kept, latest) && !_kept.SequenceEqual(latest, PresenceComparers.RoomId);
        return _kept;
    }
}
