using Presence.Dashboard.Authentication.Accounts;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Reads the rooms for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class RoomListReader(PresenceEngine engine, ModeratorGuard guard, TimeProvider time)
{
    private readonly RowPace _pace = new(time);
    private RoomListView? _view;
    private IReadOnlyList<RoomRow> _rows = [];
    private int _matching;

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<RoomListReading> ReadAsync(RoomListView view)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        if (view != _view)
            _pace.Reset();
        if (_pace.IsDue)
            ReadRows(view);

        var network = engine.CountNetwork();
        return new RoomListReading(network, _rows, _matching, network.At, engine.IsWarming, engine.Settings.Enabled);
    }

    public DirtyWatch Watch() => engine.WatchNetwork();

    private void ReadRows(RoomListView view)
    {
        var page = engine.Rooms(new RoomQuery
        {
            Search = view.Search.Length == 0 ? null : view.Search,
            Order = view.ByName ? RoomOrder.Name : RoomOrder.Count,
            Reversed = view.Reversed,
            Limit = PresenceLimits.Page,
        });
        var known = _rows.ToDictionary(row => row.Summary.RoomId, row => row.Summary.Count.Viewers, PresenceComparers.RoomId);
        var rows = page.Rooms.Select(room => new RoomRow(room, engine.Trend(room.RoomId))).ToArray();

        _pace.RecordRead(rows.Count(row =>
            !known.TryGetValue(row.Summary.RoomId, out var viewers) || viewers != row.Summary.Count.Viewers));
        (_view, _rows, _matching) = (view, rows, page.Matching);
    }
}
