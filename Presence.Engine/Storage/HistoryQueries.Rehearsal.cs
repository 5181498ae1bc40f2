using Presence.Engine.History;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

public sealed partial class HistoryQueries
{
    /// <summary>Minutes and late heartbeats are written once a minute: before that, the next reading says nothing new.</summary>
    private static readonly TimeSpan RecordPace = TimeSpan.FromMinutes(1);

    private readonly Lock _recordLock = new();
    private (string? RoomId, TimeSpan Interval, DateTimeOffset At, Task<RehearsalRecord> Read)? _record;

    /// <inheritdoc/>
    public async Task<Rehearsal> RehearseAsync(RehearsalQuery query, CancellationToken cancellationToken = default)
    {
        var now = inForce(query.RoomId);
        var problems = PresenceSettingsRules.Problems(now with { HeartbeatInterval = query.Interval, PresenceTimeout = query.Timeout });
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(' ', problems.Select(problem => problem.Message)), nameof(query));
        var record = await RecordOf(query.RoomId, now.HeartbeatInterval).WaitAsync(cancellationToken);
        return SettingsRehearsal.Of(record, (now.HeartbeatInterval, now.PresenceTimeout), (query.Interval, query.Timeout));
    }

    /// <summary>One reading for all who try values in the same form, and at the same time. Bounded: the latest alone is kept.</summary>
    private Task<RehearsalRecord> RecordOf(string? roomId, TimeSpan interval)
    {
        lock (_recordLock)
        {
            var at = database.Now();
            if (_record is { } known && PresenceComparers.RoomId.Equals(known.RoomId, roomId) && known.Interval == interval && (at - known.At).Duration() < RecordPace && !known.Read.IsFaulted)
                return known.Read;
            var read = Task.Run(() => RehearsalReader.Read(database, roomId, interval));
            _record = (roomId, interval, at, read);
            return read;
        }
    }
}
