using Presence.Engine.Expiry;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Engine;

/// <content>The network's recent history. From memory. Stores write it behind.</content>
public sealed partial class PresenceEngine
{
    private readonly NetworkHistory _history = new();
    private MinuteCollector _minutes;

    /// <summary>The network's history, oldest first. Steps in which the server did not run are left out.</summary>
    /// <param name="range">How finely; it also bounds how far back there is anything.</param>
    /// <param name="from">From the step this instant falls into; the one under way is the last.</param>
    /// <remarks><b>Cost.</b> The length of the answer, 1,501 at most; one lock that no heartbeat takes.</remarks>
    public IReadOnlyList<HistorySample> History(HistoryRange range, DateTimeOffset from) =>
        _history.Between(range, from, _clock.UtcOf(_clock.Now()));

    /// <summary>The minute with the most viewers since an instant of the last 25 hours, the first of equals; null when none was recorded.</summary>
    public HistorySample? PeakSince(DateTimeOffset from) => _history.Peak(from, _clock.UtcOf(_clock.Now()));

    /// <summary>How the network moves at the moment.</summary>
    /// <remarks><b>Time.</b> As of the last sweep. <b>Cost.</b> Constant.</remarks>
    public NetworkActivity Activity() => _history.Activity(_clock.UtcOf(_network.SweptAt), _network.Users.Count);

    /// <summary>Puts back history of an earlier run. A step that was begun then and goes on now is added up.</summary>
    public void RestoreHistory(HistoryRange range, IEnumerable<HistorySample> samples) => _history.Restore(range, samples);

    /// <summary>Takes the minutes of rooms and of the network that ended since the last call.</summary>
    /// <param name="into">They are added to it.</param>
    /// <param name="ends">Takes the minute under way as well, because the process ends. Its rest, if there is one, comes as a minute of its own.</param>
    /// <returns>How many were lost since the last call, because nobody took them.</returns>
    /// <remarks><b>Cost.</b> What there is; to end, a short hold of each room's lock.</remarks>
    public long TakeMinutes(List<RoomMinute> into, bool ends = false)
    {
        if (ends)
        {
            var now = _clock.Now();
            var taken = new List<RoomMinute>();
            foreach (var (_, room) in _rooms)
                room.TakeMinutes(now, ends, taken);
            _minutes.End(now, Moment(), taken);
            into.AddRange(taken);
        }
        return _minutes.TakeAll(into);
    }

    /// <summary>What rooms remember of their last hour, those with the most viewers first; rooms without a sample yet are left out.</summary>
    /// <param name="most">How many rooms at most.</param>
    /// <remarks><b>Cost.</b> A glance at every room, and a short hold of each chosen one's lock.</remarks>
    public IReadOnlyList<RoomTrendSnapshot> RoomMemories(int most)
    {
        var rooms = _rooms.Select(pair => (Room: pair.Value, pair.Value.Viewers)).ToArray();
        if (rooms.Length > most)
            Array.Sort(rooms, static (left, right) => right.Viewers.CompareTo(left.Viewers));
        return [.. rooms.Take(most).Select(room => room.Room.Memory()).OfType<RoomTrendSnapshot>()];
    }

    /// <summary>Puts back what rooms remembered in an earlier run, after who was present was restored. A room that has been empty for an hour is forgotten.</summary>
    public void RestoreRoomMemories(IEnumerable<RoomTrendSnapshot> memories)
    {
        var oldest = _clock.UtcOf(_clock.Now()) - SweepSchedule.EmptyRoomRetention;
        foreach (var memory in memories)
        {
            if (memory.EmptySince > oldest && memory.Recent.Count > 0)
                GetOrAddRoom(memory.RoomId)?.Restore(memory);
        }
    }

    private void RecordHistory(long now, long heartbeats)
    {
        var at = _clock.UtcOf(now);
        _history.Record(now, at, new NetworkTotals(_network.Users.Count, _metrics.JoinedInAll, _metrics.LeftInAll, heartbeats));
        _minutes.Add(now, Moment());
    }

    private MinuteCollector NewMinutes() => new(_clock, _clock.Now());

    private NetworkMoment Moment() => new(_network.Users.Count, _network.Users.Guests, _network.Hidden);

    /// <summary>The visits under way in a room: without a reason, lasting until now, seen until the latest heartbeat. In no order.</summary>
    /// <remarks><b>Cost.</b> A look at every session, in short holds of the room's lock.</remarks>
    public IReadOnlyList<Visit> VisitsUnderWay(string roomId)
    {
        var visits = new List<Visit>();
        if (_rooms.TryGetValue(roomId, out var room))
            room.CopyVisits(visits);
        return visits;
    }

    /// <summary>The rooms with viewers, in no order.</summary>
    /// <remarks><b>Cost.</b> A glance at every room.</remarks>
    public IReadOnlyList<string> LiveRooms() => [.. _rooms.Where(room => room.Value.Viewers > 0).Select(room => room.Key)];
}

/// <content>Memory: refusing what does not fit, giving back what a crowd that has gone left unused.</content>
public sealed partial class PresenceEngine
{
    /// <summary>Refuses sessions that are not there yet, because there is no memory for them. Those present go on. The host sets it.</summary>
    public bool IsMemoryShort
    {
        get => _network.IsMemoryShort;
        set => _network.IsMemoryShort = _onlineNetwork.IsMemoryShort = value;
    }

    /// <summary>Shrinks the tables that a crowd made large and that are mostly empty now.</summary>
    /// <remarks><para><b>Cost.</b> A glance at every room. Only tables with few entries are copied, in short holds of their lock.</para></remarks>
    public void Shrink()
    {
        _network.Users.Shrink();
        _onlineNetwork.Users.Shrink();
        foreach (var (_, room) in _rooms)
            room.Shrink();
        _online.Shrink();
    }
}
