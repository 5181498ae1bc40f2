using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>
/// Reads rooms for one page: those it shows alone, and no more often than <see cref="RowThrottle"/> allows. What was
/// read stands until the next pass that is due.
/// </summary>
/// <remarks><b>Threads.</b> The circuit's. <b>Bound.</b> The rows shown since the last pass.</remarks>
internal sealed class RoomRowQuery(IPresence presence, TimeProvider time)
{
    private readonly RowThrottle _pace = new(time);
    private readonly long _began = time.GetTimestamp();
    private Dictionary<string, Entry> _rows = NewRows();
    private Dictionary<string, Entry> _before = NewRows();
    private int _changed;

    /// <summary>The page is about to show rows: from here on they are read again when due.</summary>
    public void BeginPass()
    {
        if (!_pace.IsDue)
            return;
        (_before, _rows) = (_rows, NewRows());
        _changed = 0;
    }

    /// <summary>The next pass is due at once: the moderator asked for something else.</summary>
    public void Reset() => _pace.Reset();

    /// <summary>These rooms, in this order; those this pass has not read yet are, all at once.</summary>
    public async ValueTask<IReadOnlyList<RoomRow>> ReadAsync(IReadOnlyList<string> roomIds)
    {
        string[] unread = [.. roomIds.Where(roomId => !_rows.ContainsKey(roomId)).Distinct(PresenceComparers.RoomId)];
        if (unread.Length > 0)
        {
            foreach (var (summary, trend) in await presence.ReadRoomRowsAsync(unread))
                Note(summary, trend);
        }
        return [.. roomIds.Select(roomId => _rows[roomId].Row)];
    }

    private void Note(RoomSummary summary, RoomTrend trend)
    {
        var before = _before.GetValueOrDefault(summary.RoomId);
        var burst = before?.Burst ?? new BurstWindow();
        var row = new RoomRow(summary, trend) { Burst = burst.Note(time.GetElapsedTime(_began), summary.Count.Viewers) };
        _rows[summary.RoomId] = new Entry(row, burst);
        if (before?.Row.Summary.Count.Viewers != summary.Count.Viewers)
            _pace.RecordRead(++_changed);
    }

    private static Dictionary<string, Entry> NewRows() => new(PresenceComparers.RoomId);

    private sealed record Entry(RoomRow Row, BurstWindow Burst);
}

/// <summary>One room as lists and walls show it.</summary>
/// <param name="Summary">Its counts.</param>
/// <param name="Trend">How they came about.</param>
public sealed record RoomRow(RoomSummary Summary, RoomTrend Trend)
{
    /// <summary>How the count moved within ten seconds, where that is a burst (<see cref="BurstWindow"/>).</summary>
    public int? Burst { get; init; }

    /// <summary>What the room is called.</summary>
    public string Name => VisibleText.NameOf(Summary.Title) ?? VisibleText.IdOf(Summary.RoomId);
}

/// <summary>
/// Slows a table down when much of it changes at once: a row costs about 250 bytes on the wire and no eye follows
/// eighty new rows a second, so every changed row buys a little quiet. Counts stay at the gate's full pace.
/// </summary>
internal sealed class RowThrottle(TimeProvider time)
{
    /// <summary>The quiet one changed row buys: 80 rows a second, about 20 KB.</summary>
    public static readonly TimeSpan QuietPerRow = TimeSpan.FromMilliseconds(12.5);

    private long _readAt;
    private TimeSpan _quiet = TimeSpan.Zero;

    /// <summary>Whether the rows can be read again.</summary>
    public bool IsDue => time.GetElapsedTime(_readAt) >= _quiet;

    /// <summary>Rows were read and so many of them are new to the page.</summary>
    public void RecordRead(int changedRows)
    {
        _readAt = time.GetTimestamp();
        _quiet = changedRows * QuietPerRow;
    }

    /// <summary>The next read is due at once: the moderator asked for other rows.</summary>
    public void Reset() => _quiet = TimeSpan.Zero;
}
