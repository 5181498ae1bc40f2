using Presence.Engine;

namespace Presence.Dashboard.Live;

/// <summary>
/// Reads single rooms for one page: those it shows alone, and no more often than <see cref="RowPace"/> allows. What was
/// read stands until the next pass that is due.
/// </summary>
/// <remarks><b>Threads.</b> The circuit's. <b>Bound.</b> The rows shown since the last pass.</remarks>
internal sealed class RoomRowReader(PresenceEngine engine, TimeProvider time)
{
    private readonly RowPace _pace = new(time);
    private readonly long _began = time.GetTimestamp();
    private Dictionary<string, Entry> _rows = NewRows();
    private Dictionary<string, Entry> _before = NewRows();
    private int _changed;

    /// <summary>The page is about to show rows: from here on they are read anew, if that is due.</summary>
    public void BeginPass()
    {
        if (!_pace.IsDue)
            return;
        (_before, _rows) = (_rows, NewRows());
        _changed = 0;
    }

    /// <summary>The next pass is due at once: the moderator asked for something else.</summary>
    public void Reset() => _pace.Reset();

    /// <summary>One room.</summary>
    public RoomRow Read(string roomId)
    {
        if (_rows.TryGetValue(roomId, out var current))
            return current.Row;

        var before = _before.GetValueOrDefault(roomId);
        var burst = before?.Burst ?? new BurstWindow();
        var (summary, trend) = engine.Glance(roomId);
        var row = new RoomRow(summary, trend) { Burst = burst.Note(time.GetElapsedTime(_began), summary.Count.Viewers) };
        _rows[roomId] = new Entry(row, burst);
        if (before?.Row.Summary.Count.Viewers != summary.Count.Viewers)
            _pace.RecordRead(++_changed);
        return row;
    }

    private static Dictionary<string, Entry> NewRows() => new(PresenceComparers.RoomId);

    private sealed record Entry(RoomRow Row, BurstWindow Burst);
}
