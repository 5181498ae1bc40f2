using Presence.Dashboard.Authentication.Accounts;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Reads one room for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class RoomReader(PresenceEngine engine, ModeratorGuard guard, TimeProvider time)
{
    private readonly RowPace _pace = new(time);
    private RoomView? _view;
    private IReadOnlyList<Viewer> _viewers = [];
    private int _matching;

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<RoomReading> ReadAsync(RoomView view)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        if (view != _view)
            _pace.Reset();
        if (_pace.IsDue)
            ReadViewers(view);

        var room = engine.Room(view.RoomId);
        return new RoomReading(room, engine.Trend(view.RoomId), _viewers, _matching, engine.IsWarming, engine.Settings.Enabled);
    }

    public DirtyWatch Watch(string roomId) => engine.Watch(roomId);

    private void ReadViewers(RoomView view)
    {
        var page = engine.Viewers(view.RoomId, new ViewerQuery
        {
            Sort = view.Sort,
            Limit = PresenceLimits.Page,
            Search = view.Search.Length == 0 ? null : view.Search,
        });
        var known = _viewers.Select(viewer => viewer.UserId).ToHashSet(PresenceComparers.UserId);

        _pace.RecordRead(page.Viewers.Count(viewer => !known.Contains(viewer.UserId)));
        (_view, _viewers, _matching) = (view, page.Viewers, page.Matching);
    }
}
