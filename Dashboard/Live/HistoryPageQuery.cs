using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Live;

/// <summary>Reads a range of the network's or a room's history, and its broadcasts, for one circuit.</summary>
internal sealed class HistoryPageQuery(HistoryReads history, TimeProvider time)
{
    /// <summary>Broadcasts on a page.</summary>
    public const int Listed = 25;

    /// <summary>Some 20 ms of a core for a page that is read every ten seconds while a broadcast goes on.</summary>
    private const int MostLiveVisits = 20_000;

    /// <summary>Whose hours and days history follows unless a page asks for others.</summary>
    public TimeZoneInfo NetworkZone => history.Zone;

    /// <exception cref="Accounts.AccessRefusedException">The moderator may no longer see this.</exception>
    public async Task<HistoryViewModel> ReadAsync(HistoryView view, CancellationToken cancellationToken)
    {
        var span = view.SpanAt(time.GetUtcNow());
        var zone = view.Zone ?? history.Zone;
        HistoryCurve? curve = null;
        var hasCurve = view.RoomId is not null || await history.SeesNetworkAsync();
        try
        {
            if (hasCurve)
                curve = await history.ReadAsync(view.RoomId, past => past.ReadCurveAsync(new CurveQuery { RoomId = view.RoomId, From = span.From, Until = span.Until, Zone = zone }, cancellationToken));
        }
        catch (ArgumentException)
        {
            // Longer than anything is kept, or empty: said on the page.
        }
        var broadcasts = await history.ReadListAsync((past, rooms) => past.ReadBroadcastsAsync(
            new BroadcastQuery { RoomId = view.RoomId ?? view.Room, Within = rooms, From = span.From, Until = span.Until, Cursor = view.Cursor, Take = Listed, LiveVisits = MostLiveVisits }, cancellationToken));
        var rows = new List<BroadcastRow>();
        foreach (var broadcast in broadcasts.Items)
            rows.Add(await RowOfAsync(broadcast, cancellationToken));
        return new HistoryViewModel(span, zone, curve, rows, broadcasts.NextCursor, view.RoomId is { } roomId ? history.TitleOf(roomId) : null) { HasCurve = hasCurve };
    }

    /// <summary>One that goes on with too many visits to count has no figures yet: its minutes tell the peak and what was watched so far.</summary>
    private async Task<BroadcastRow> RowOfAsync(Broadcast broadcast, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (broadcast.Figures is { } figures)
            return new BroadcastRow(broadcast, (broadcast.EndedAt ?? now) - broadcast.StartedAt, figures.Peak, figures.People, figures.Watched);
        var end = broadcast.EndedAt ?? now;
        var curve = end > broadcast.StartedAt
            ? await history.ReadAsync(broadcast.RoomId, past => past.ReadCurveAsync(new CurveQuery { RoomId = broadcast.RoomId, From = broadcast.StartedAt, Until = end }, cancellationToken))
            : null;
        return new BroadcastRow(
            broadcast, end - broadcast.StartedAt, curve is { Points.Count: > 0 } ? curve.Points.Max(point => point.Peak) : null, null,
            curve is null ? TimeSpan.Zero : curve.Points.Aggregate(TimeSpan.Zero, (sum, point) => sum + point.Viewers));
    }
}

/// <summary>What a page of history was asked for.</summary>
/// <param name="RoomId">The room whose page it is; null for the network.</param>
/// <param name="Range">One of <see cref="HistoryRanges.All"/>.</param>
/// <param name="Own">A range of the moderator's own, in place of it.</param>
/// <param name="Zone">Whose hours and days; null for the network's.</param>
/// <param name="Room">The room whose broadcasts are listed; null for all.</param>
/// <param name="Cursor">Where the page of broadcasts before ended.</param>
internal sealed record HistoryView(string? RoomId, string Range, HistorySpan? Own, TimeZoneInfo? Zone, string? Room, string? Cursor)
{
    public HistorySpan SpanAt(DateTimeOffset now) => Own ?? new HistorySpan(now - HistoryRanges.LengthOf(Range), now);
}

/// <summary>A range of history as its page shows it.</summary>
/// <param name="Span">The range.</param>
/// <param name="Zone">Whose hours and days.</param>
/// <param name="Curve">Viewers; null where the range is too long or empty.</param>
/// <param name="Broadcasts">A page of broadcasts, the latest first.</param>
/// <param name="Next">Where the next page begins.</param>
/// <param name="Title">What the room is called.</param>
public sealed record HistoryViewModel(HistorySpan Span, TimeZoneInfo Zone, HistoryCurve? Curve, IReadOnlyList<BroadcastRow> Broadcasts, string? Next, string? Title)
{
    /// <summary>Whether the curve may be seen: that of all rooms is for who may see all.</summary>
    public bool HasCurve { get; init; } = true;

    /// <summary>Whether nothing at all was recorded.</summary>
    public bool IsEmpty => Broadcasts.Count == 0 && Curve is not null && Curve.Points.All(point => point is { Peak: 0, Leaves.Total: 0 });
}

/// <summary>A broadcast in a list.</summary>
/// <param name="Broadcast">Which.</param>
/// <param name="Length">How long it was, or is so far.</param>
/// <param name="Peak">The most viewers; null when nothing is known yet.</param>
/// <param name="People">Different people; null while it goes on with too many visits to count.</param>
/// <param name="Watched">What all of them watched, so far where it goes on.</param>
public sealed record BroadcastRow(Broadcast Broadcast, TimeSpan Length, int? Peak, int? People, TimeSpan Watched);

/// <summary>Reads one broadcast, and what it is compared with, for one circuit.</summary>
internal sealed class BroadcastPageQuery(HistoryReads history, ModeratorGuard guard)
{
    /// <summary>What stands in the address for the average of the broadcasts before.</summary>
    public const string Usual = "usual";

    /// <summary>How many other broadcasts of the room are offered to compare with.</summary>
    private const int Offered = 12;

    /// <param name="id">The broadcast.</param>
    /// <param name="beside">The id of another of the same room, or <see cref="Usual"/>; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async Task<BroadcastViewModel> ReadAsync(long id, string? beside, CancellationToken cancellationToken)
    {
        if (await history.ReadBroadcastAsync(id, cancellationToken) is not { } report)
            return new BroadcastViewModel(null) { KeptDays = history.Settings.BroadcastDays };
        var roomId = report.Broadcast.RoomId;
        var others = await history.ReadAsync(roomId, past => past.ReadBroadcastsAsync(new BroadcastQuery { RoomId = roomId, Take = Offered + 1 }, cancellationToken));
        var other = long.TryParse(beside, NumberStyles.None, CultureInfo.InvariantCulture, out var otherId) && otherId != id
            ? await history.ReadAsync(roomId, past => past.ReadBroadcastAsync(otherId, cancellationToken))
            : null;
        return new BroadcastViewModel(report)
        {
            Accuracy = history.AccuracyIn(roomId),
            Others = [.. others.Items.Where(broadcast => broadcast.Id != id).Take(Offered)],
            Other = other is not null && PresenceComparers.RoomId.Equals(other.Broadcast.RoomId, roomId) ? other : null,
            IsBesideUsual = beside is Usual && report.Usual is not null,
            MayShare = await guard.HoldsAsync(ModeratorRole.Moderator, roomId),
        };
    }
}

/// <summary>One broadcast as its page shows it.</summary>
/// <param name="Report">The broadcast; null when there is none.</param>
public sealed record BroadcastViewModel(BroadcastReport? Report)
{
    /// <summary>What a stay is exact to at each end.</summary>
    public TimeSpan Accuracy { get; init; }

    /// <summary>Other broadcasts of the room, the latest first.</summary>
    public IReadOnlyList<Broadcast> Others { get; init; } = [];

    /// <summary>The one it is compared with.</summary>
    public BroadcastReport? Other { get; init; }

    /// <summary>Whether it is compared with the average of those before.</summary>
    public bool IsBesideUsual { get; init; }

    /// <summary>Whether this moderator may make links to it.</summary>
    public bool MayShare { get; init; }

    /// <summary>For how many days broadcasts are kept.</summary>
    public int KeptDays { get; init; }
}
