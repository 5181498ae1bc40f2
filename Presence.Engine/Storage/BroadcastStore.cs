using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Storage;

/// <summary>Keeps the broadcasts of rooms: a row from the start on, and after the end what it came to.</summary>
/// <remarks>
/// <para><b>Threads.</b> Any; calls follow one another.</para>
/// <para><b>Guarantee.</b> A pass that fails is made up for by the next: what is not stored yet stays in memory, and events that were missed
/// are made up for by looking at the rooms.</para>
/// </remarks>
/// <param name="database">The open database.</param>
/// <param name="engine">Whose rooms.</param>
/// <param name="settings">What holds for history.</param>
public sealed class BroadcastStore(PresenceDatabase database, PresenceEngine engine, HistorySettingsStore settings) : IDisposable
{
    private const int EventsAPiece = 1_000;

    /// <summary>What ended earlier than this and has no figures is left to the nightly job.</summary>
    private static readonly TimeSpan JustEnded = TimeSpan.FromHours(1);

    /// <summary>When the visits of a broadcast that ended are surely stored.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly BroadcastTracker _tracker = new(() => settings.Current.EmptyGap);
    private readonly List<FeedEvent> _events = [];
    private FeedReader? _feed;
    private BroadcastRows? _rows;
    private DateTimeOffset _summariseAt;

    /// <summary>Takes up the broadcasts that had not ended. Once, after the catalogue was read and viewers were restored, before the server says that it is alive.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            _feed = engine.Feed.Read(); // before the rooms are looked at
            var now = database.Now();
            await using var context = database.CreateDbContext();
            var open = await (from broadcast in context.Broadcasts.AsNoTracking()
                              join room in context.HistoryRooms on broadcast.RoomNo equals room.No
                              where broadcast.EndedAt == null
                              select new TrackedBroadcast
                              {
                                  Id = broadcast.Id,
                                  RoomId = room.RoomId,
                                  Title = broadcast.Title,
                                  StartedAt = broadcast.StartedAt,
                                  EmptySince = broadcast.EmptySince,
                                  HadViewers = broadcast.HadViewers,
                                  IsTold = broadcast.HadViewers,
                              }).ToListAsync(cancellationToken);
            var ended = await context.Rooms.AsNoTracking().Where(room => room.Status == RoomStatus.Ended).Select(room => room.RoomId).ToListAsync(cancellationToken);
            var aliveAt = await context.Set<LastAliveRecord>().AsNoTracking().Select(alive => (DateTimeOffset?)alive.At).FirstOrDefaultAsync(cancellationToken);
            _tracker.Resume(open, ended, aliveAt < now ? aliveAt.Value : now, engine.LiveRooms(), SinceOf(now), now);
            await StoreAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Takes in what happened since the last call, ends what has been empty for too long, and computes what ended a moment ago.</summary>
    /// <remarks><b>Cost.</b> The events since; rows for rooms that became live or empty alone.</remarks>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var feed = _feed ?? throw new InvalidOperationException("What was stored is loaded first.");
            var now = database.Now();
            if (TryApply(feed))
                _tracker.Tick(now);
            else
                _tracker.Correct(engine.LiveRooms(), SinceOf(now), now, now);
            await StoreAsync(cancellationToken);
            if (now >= _summariseAt)
            {
                await SummariseNeedsTurnAsync(now - JustEnded, progress: null, cancellationToken);
                _summariseAt = now + Settled;
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Computes what broadcasts came to that ended and have no figures yet, the oldest first, however long ago that is.</summary>
    /// <param name="progress">Told how many of how many are done.</param>
    /// <param name="cancellationToken">Stops between two.</param>
    /// <returns>How many were computed.</returns>
    public async Task<int> SummariseAsync(IProgress<(int Done, int All)>? progress, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await SummariseNeedsTurnAsync(DateTimeOffset.UnixEpoch, progress, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed?.Dispose();
        _rows?.Dispose();
        _oneAtATime.Dispose();
    }

    private void Apply(in FeedEvent happened)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(happened.At.ToUnixTimeMilliseconds()); // as it is stored
        switch (happened.Kind)
        {
            case FeedEventKind.RoomLive:
                _tracker.Live(happened.RoomId!, at, engine.Definition(happened.RoomId!).Title);
                break;
            case FeedEventKind.RoomEmpty:
                _tracker.Empty(happened.RoomId!, at);
                break;
            case FeedEventKind.RoomDefined:
                _tracker.Defined(happened.RoomId!, engine.Definition(happened.RoomId!), at);
                break;
        }
    }

    /// <summary>Takes in what happened since the last call; false when events were missed.</summary>
    private bool TryApply(FeedReader feed)
    {
        do
        {
            _events.Clear();
            if (!feed.TryRead(_events, EventsAPiece))
                return false;
            foreach (var happened in _events)
                Apply(happened);
        }
        while (_events.Count == EventsAPiece);
        return true;
    }

    /// <summary>Since when the longest present of a room is there; a room that is empty again meanwhile is told of by an event.</summary>
    private Func<string, DateTimeOffset> SinceOf(DateTimeOffset now) => roomId =>
    {
        var visits = engine.VisitsUnderWay(roomId);
        return visits.Count > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(visits.Min(visit => visit.JoinedAt).ToUnixTimeMilliseconds()) : now;
    };

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        if (_tracker.Changed.Count == 0)
            return;
        var changed = _tracker.Changed.Select(broadcast => (Broadcast: broadcast, IsNew: broadcast.Id == 0)).ToList();
        var (rows, stored) = (_rows ??= new BroadcastRows(database), 0);
        try
        {
            await rows.WriteAsync(changed, change => rows.Write(change.Broadcast), rows.TellStarts, cancellationToken, committed: count => stored += count);
        }
        finally
        {
            rows.Forget();
            foreach (var (broadcast, _) in changed.Take(stored))
            {
                _tracker.MarkStored(broadcast);
                broadcast.IsTold = broadcast.HadViewers;
            }
            foreach (var (broadcast, _) in changed.Skip(stored).Where(change => change.IsNew))
                broadcast.Id = 0; // its row was taken back
        }
    }

    private async Task<int> SummariseNeedsTurnAsync(DateTimeOffset since, IProgress<(int Done, int All)>? progress, CancellationToken cancellationToken)
    {
        var until = database.Now() - Settled;
        await using var context = database.CreateDbContext();
        var ended = await context.Broadcasts.Where(b => b.EndedAt >= since && b.EndedAt < until && b.SummarisedAt == null && b.HadViewers).OrderBy(b => b.EndedAt).Select(b => b.Id).ToListAsync(cancellationToken);
        for (var done = 0; done < ended.Count; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await SummariseAsync(ended[done], cancellationToken);
            progress?.Report((done + 1, ended.Count));
        }
        return ended.Count;
    }

    private async Task SummariseAsync(long id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var record = await context.Broadcasts.SingleAsync(b => b.Id == id, cancellationToken);
        var span = new HistorySpan(record.StartedAt, record.EndedAt!.Value);
        var roomId = await context.HistoryRooms.Where(room => room.No == record.RoomNo).Select(room => room.RoomId).SingleAsync(cancellationToken);
        using var queries = new HistoryReader(database);
        var facts = queries.Facts(record.RoomNo, span, [], isWhole: true);
        var events = (await HistoryEvents.ReadAsync(database, roomId, span.From.AddMinutes(-2), span.Until.AddMilliseconds(1), 1_000, cancellationToken)).Reverse().ToList();
        var figures = VisitStatistics.Figures(span, facts.Span);
        record.SummarisedAt = database.Now();
        record.Peak = figures.Peak;
        record.PeakAt = figures.PeakAt;
        record.PresentMilliseconds = (long)Math.Round(figures.Average * span.Length.TotalMilliseconds);
        record.WatchedMilliseconds = (long)figures.Watched.TotalMilliseconds;
        record.HiddenMilliseconds = (long)figures.Hidden.TotalMilliseconds;
        record.Users = figures.Users;
        record.Guests = figures.Guests;
        record.Joins = figures.Joins;
        record.MedianStayMilliseconds = (long)figures.MedianStay.TotalMilliseconds;
        record.Returning = figures.Returning;
        record.Moments = JsonSerializer.Serialize(VisitStatistics.Moments(span, facts.Span, events, facts.Devices));
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        context.WriteEvents([WebhookEvents.Ended(new Broadcast(id, roomId, record.Title, record.StartedAt, record.EndedAt, record.End, figures), record.SummarisedAt.Value)], record.SummarisedAt.Value);
        await transaction.CommitAsync(cancellationToken);
    }

    private sealed class BroadcastRows : PreparedRows
    {
        private readonly HistoryNumbers _numbers;
        private readonly SqliteCommand _insert;
        private readonly SqliteCommand _update;
        private readonly SqliteCommand _delete;
        private readonly List<TrackedBroadcast> _starts = [];

        public BroadcastRows(PresenceDatabase database)
            : base(database)
        {
            _numbers = new HistoryNumbers(this);
            _insert = Prepare(
                """
                INSERT INTO "Broadcasts" ("RoomNo", "Title", "StartedAt", "EmptySince", "HadViewers", "EndedAt", "End",
                    "Peak", "PresentMilliseconds", "WatchedMilliseconds", "HiddenMilliseconds", "Users", "Guests", "Joins", "MedianStayMilliseconds", "Returning")
                VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0) RETURNING "Id"
                """,
                SqliteType.Integer, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
            _update = Prepare(
                """UPDATE "Broadcasts" SET "Title" = $2, "EmptySince" = $3, "HadViewers" = $4, "EndedAt" = $5, "End" = $6 WHERE "Id" = $1""",
                SqliteType.Integer, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
            _delete = Prepare("""DELETE FROM "Broadcasts" WHERE "Id" = $1""", SqliteType.Integer);
        }

        /// <summary>Webhooks hear of a broadcast in the transaction that stores its first viewer.</summary>
        public void TellStarts()
        {
            if (_starts.Count > 0)
                WriteEvents([.. _starts.Select(start => WebhookEvents.Started(start.Id, start.RoomId, start.Title, start.StartedAt, start.StartedAt))]);
            Forget();
        }

        /// <summary>Its transaction was taken back.</summary>
        public void Forget() => _starts.Clear();

        public void Write(TrackedBroadcast broadcast)
        {
            var (emptySince, endedAt) = (broadcast.EmptySince?.ToUnixTimeMilliseconds(), broadcast.EndedAt?.ToUnixTimeMilliseconds());
            if (broadcast.IsVoid)
                Run(_delete, broadcast.Id);
            else if (broadcast.Id == 0)
                broadcast.Id = ReadNumber(_insert, _numbers.OfRoom(broadcast.RoomId), broadcast.Title, broadcast.StartedAt.ToUnixTimeMilliseconds(), emptySince, broadcast.HadViewers ? 1L : 0L, endedAt, (long)broadcast.End)!.Value;
            else
                Run(_update, broadcast.Id, broadcast.Title, emptySince, broadcast.HadViewers ? 1L : 0L, endedAt, (long)broadcast.End);
            if (broadcast is { HadViewers: true, IsTold: false })
                _starts.Add(broadcast);
        }
    }
}
