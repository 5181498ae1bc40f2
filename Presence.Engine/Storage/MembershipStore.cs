using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>Who is present and who was, on the disk: written behind in batches; who is present is brought back after a restart (rule 10).</summary>
/// <remarks>
/// Each stay of a session is one row under the stay's own id: a join inserts it, a leave deletes it, a heartbeat touches nothing.
/// The visit that ends with a leave is written before the row is deleted, so that a crash in between repeats it and loses nothing.
/// <para><b>Threads.</b> Any; passes follow one another.</para>
/// <para><b>Guarantee.</b> Whatever goes wrong while writing, the next pass compares the table with everybody present and
/// corrects it, so nothing needs to be remembered meanwhile.</para>
/// </remarks>
public sealed class MembershipStore(PresenceDatabase database, PresenceEngine engine, ILogger<MembershipStore>? logger = null) : IDisposable
{
    private readonly ILogger _logger = logger ?? NullLogger<MembershipStore>.Instance;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly List<MembershipChange> _drained = [];
    private readonly List<Visit> _visits = [];
    private readonly List<HiddenChange> _hidden = [];
    private MembershipRows? _rows;
    private long _beat;

    // True at first: the table can hold rows of sessions that weren't restored.
    private bool _mustCompare = true;
    private bool _justCompared;

    /// <summary>How many joins and leaves are not on the disk yet.</summary>
    public long Unstored => engine.Journal.Unstored;

    /// <summary>How long ago the oldest of them happened; zero when there is none.</summary>
    public TimeSpan Lag => engine.Journal.Lag;

    /// <summary>When the product last ran, as <see cref="RestoreAsync"/> found it; null on the first start.</summary>
    public DateTimeOffset? LastAlive { get; private set; }

    /// <summary>The visits that ended when the product last ran, because their viewers did not come back with the restart.</summary>
    public IReadOnlyList<Visit> Forgotten { get; private set; } = [];

    /// <summary>Names the operating system's present run; tests restart the machine here.</summary>
    internal string? BootId { get; init; } = AliveStamp.ReadBootId();

    /// <summary>Brings back who was present when the product last ran, or forgets them when that is provably too long ago. Once,
    /// before the first heartbeat.</summary>
    /// <returns>How many sessions were brought back.</returns>
    /// <remarks>
    /// Unreadable rows don't prevent serving: missing viewers rejoin with their next heartbeat.
    /// The failure is thrown after everything is in order for a start without them.
    /// </remarks>
    public async Task<int> RestoreAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var rows = _rows ??= new MembershipRows(database);
            if (rows.ReadLastAlive() is not { } last)
                return 0; // the first start has no viewers to restore

            _beat = last.Beat;
            LastAlive = last.Alive.At;
            var now = Alive();
            if (last.Alive.Steady is { } steady)
                database.Steady.Resume(steady, now.ProvenSince(last.Alive) ?? TimeSpan.Zero);
            var policy = RestorePolicy.Decide(last.Alive, now, engine.Settings);
            if (policy.Reason is not null)
                _logger.LogInformation("{Who} restored at startup: {Reason}.", policy.ComesBack ? "All viewers were" : "No viewer was", policy.Reason);

            var restored = 0;
            try
            {
                if (!policy.ComesBack)
                {
                    Forgotten = VisitsUntil(last.Alive.At);
                    await rows.WriteAsync(Forgotten, rows.Write, alongside: null, cancellationToken);
                    await ForgetAsync(rows, cancellationToken);
                    return 0;
                }
                using var stored = new StoredSessions(database);
                engine.Restore(stored.Read().Select(session => { restored++; return session; }));
            }
            catch
            {
                await ForgetAsync(rows, cancellationToken);
                throw;
            }
            return restored;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Writes the joins and leaves since the last call. On disk when it returns.</summary>
    /// <exception cref="InvalidOperationException"><see cref="RestoreAsync"/> was not called: it would be undone.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var rows = _rows ?? throw new InvalidOperationException("Nothing may be written before what was stored is restored.");
            if (!engine.Journal.TryDrain(_drained))
            {
                _logger.LogWarning("The journal overflowed. Storing all present sessions instead.");
                _mustCompare = true;
            }

            if (engine.Journal.DrainVisits(_visits) is > 0 and var lost)
                _logger.LogWarning("{Visits} visits are missing from the history: more ended than could be kept until they are written.", lost);
            engine.Journal.DrainHidden(_hidden);
            var compare = _mustCompare;
            _mustCompare = true; // stays true until this pass succeeds
            await WriteVisitsAsync(rows, cancellationToken);
            if (compare)
                await CompareAsync(rows, cancellationToken);
            else
                await WriteBatchAsync(rows, Lasting(_drained), cancellationToken);
            await WriteHiddenAsync(rows, cancellationToken);
            _mustCompare = false;
            _justCompared = compare;
            engine.Journal.MarkStored();
        }
        finally
        {
            _drained.Clear();
            _hidden.Clear(); // what a failed pass did not write is off by seconds after a restart, and right again with the next change
            _oneAtATime.Release();
        }
    }

    /// <summary>Notes that the product runs now. How long it was down is counted from the last of these.</summary>
    public async Task StampAliveAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var rows = _rows ?? throw new InvalidOperationException("The last-alive instant is read before it is written.");
            await rows.WriteAsync(() => rows.Stamp(Alive(), _beat + 1), cancellationToken);
            database.Marker.NoteBeat(++_beat);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows?.Dispose();
        _oneAtATime.Dispose();
    }

    /// <summary>Writes the visits that ended, and that the product ran until then: a start counts no leave after that. What could not be written stays for the next pass.</summary>
    private async Task WriteVisitsAsync(MembershipRows rows, CancellationToken cancellationToken)
    {
        var written = 0;
        try
        {
            await rows.WriteAsync(_visits, rows.Write, () => rows.Stamp(Alive(), _beat), cancellationToken, committed: count => written += count);
        }
        finally
        {
            _visits.RemoveRange(0, written);
            if (_visits.Count > MembershipJournal.Capacity)
                _visits.RemoveRange(0, _visits.Count - MembershipJournal.Capacity);
        }
    }

    /// <summary>Writes hidden time, once for each session however often it changed.</summary>
    private Task WriteHiddenAsync(MembershipRows rows, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<long, HiddenChange>(_hidden.Count);
        foreach (var change in _hidden)
            latest[change.Id] = change;
        return rows.WriteAsync([.. latest.Values], rows.Write, alongside: null, cancellationToken);
    }

    /// <summary>The visits of those who were present when the product last ran and do not come back.</summary>
    private List<Visit> VisitsUntil(DateTimeOffset lastAlive)
    {
        using var stored = new StoredSessions(database);
        var visits = new Dictionary<(string Room, string User), Visit>();
        foreach (var restored in stored.Read())
        {
            var session = restored.Membership;
            if (session.RoomId == PresenceEngine.NetworkRoom)
                continue;
            // All sessions of a viewer say when it joined; the one that led says for how long it was hidden.
            var leftAt = lastAlive > session.JoinedAt ? lastAlive : session.JoinedAt;
            var hidden = restored.Hidden is { } change ? change.Hidden + (leftAt - (change.Since < leftAt ? change.Since.Value : leftAt)) : TimeSpan.Zero;
            ref var visit = ref CollectionsMarshal.GetValueRefOrAddDefault(visits, (session.RoomId, session.UserId), out var isKnown);
            if (!isKnown || session.JoinedAt < visit.JoinedAt)
                visit = new Visit(session.RoomId, session.UserId, session.IsGuest, session.JoinedAt, leftAt, LeaveReason.Timeout) { SeenAt = leftAt, Hidden = visit.Hidden, IsUnlisted = visit.IsUnlisted };
            visit = visit with { Hidden = visit.Hidden > hidden ? visit.Hidden : hidden, IsUnlisted = visit.IsUnlisted || session.IsUnlisted };
        }
        return [.. visits.Values];
    }

    /// <summary>The changes without stays that started and ended between two passes, which never touch the disk.</summary>
    private List<MembershipChange> Lasting(List<MembershipChange> changes)
    {
        // The walk over all viewers may have stored a stay that began during it, although its join is only drained now.
        // So this pass must not leave out its leave.
        if (_justCompared)
            return changes;

        var joined = new HashSet<long>();
        var fleeting = new HashSet<long>();
        foreach (var change in changes)
        {
            if (change.IsJoin)
                joined.Add(change.Id);
            else if (joined.Contains(change.Id))
                fleeting.Add(change.Id);
        }
        changes.RemoveAll(change => fleeting.Contains(change.Id));
        return changes;
    }

    private Task WriteBatchAsync(MembershipRows rows, IReadOnlyList<MembershipChange> batch, CancellationToken cancellationToken) =>
        rows.WriteAsync(batch, rows.Write, () => rows.Stamp(Alive(), _beat), cancellationToken);

    private AliveStamp Alive() => new(database.Now(), BootId, database.Time.GetElapsedTime(0)) { Steady = database.Steady.Stamp() };

    /// <summary>Makes the table match the present viewers: inserts missing rows, deletes surplus ones, leaves the rest.</summary>
    private async Task CompareAsync(MembershipRows rows, CancellationToken cancellationToken)
    {
        var gone = rows.ReadIds(); // all of them, until those present are taken out
        var missing = engine.Journal.Snapshot().Where(join => !gone.Remove(join.Id)).ToArray();
        // The walk goes from room to room. In the order of ids each page of the table is written once, and not for every room again.
        Array.Sort(Array.ConvertAll(missing, join => join.Id), missing);
        await WriteBatchAsync(rows, missing, cancellationToken);
        await WriteBatchAsync(rows, [.. gone.Select(id => default(MembershipChange) with { Id = id })], cancellationToken);
    }

    /// <summary>Starts empty. Viewers who still watch will rejoin, so the engine is told of a restart.</summary>
    private Task ForgetAsync(MembershipRows rows, CancellationToken cancellationToken)
    {
        engine.Restore([]);
        return rows.WriteAsync(rows.DeleteAll, cancellationToken);
    }
}

/// <summary>One session present in a room. The id rises with every join, so rows are appended; written by prepared commands only.</summary>
internal sealed class MembershipRecord
{
    public long Id { get; init; }
    public required string RoomId { get; init; }
    public required string UserId { get; init; }
    public required string SessionId { get; init; }
    public bool IsGuest { get; init; }
    public ViewerState State { get; init; }

    /// <summary>In ticks since 1970, unlike other instants: the order of joining is told apart by less than a millisecond. Rows of earlier versions hold milliseconds.</summary>
    public long JoinedAt { get; init; }

    /// <summary>How long the viewer was hidden, without the time since <see cref="HiddenSince"/>; of the leading session.</summary>
    public long HiddenMilliseconds { get; init; }

    public DateTimeOffset? HiddenSince { get; init; }

    /// <summary>The viewer asked not to be listed.</summary>
    public bool IsUnlisted { get; init; }
}

/// <summary>The membership and last-alive tables.</summary>
internal sealed class MembershipRows : PreparedRows
{
    /// <summary>The year 2286 in milliseconds; in ticks, twelve days of 1970.</summary>
    private const long MostMilliseconds = 10_000_000_000_000;

    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _hide;
    private readonly SqliteCommand _stamp;
    private readonly SqliteCommand _deleteAll;
    private readonly VisitRows _visits;

    public MembershipRows(PresenceDatabase database)
        : base(database)
    {
        Visits = new VisitRows(this);
        // The journal and the walk over all viewers can both report a join. Both write the same row.
        _insert = Prepare(
            """INSERT OR REPLACE INTO "Memberships" ("Id", "RoomId", "UserId", "SessionId", "IsGuest", "State", "JoinedAt", "IsUnlisted") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
            SqliteType.Integer, SqliteType.Text, SqliteType.Text, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        _delete = Prepare("""DELETE FROM "Memberships" WHERE "Id" = $1""", SqliteType.Integer);
        _visits = new VisitRows(this);
        _hide = Prepare("""UPDATE "Memberships" SET "HiddenMilliseconds" = $2, "HiddenSince" = $3 WHERE "Id" = $1""", SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        _deleteAll = Prepare("""DELETE FROM "Memberships" """);
        _stamp = Prepare(
            """
            INSERT OR REPLACE INTO "LastAlive" ("Id", "At", "BootId", "UptimeMilliseconds", "Beat", "RanMilliseconds", "Believed", "Candidate", "CandidateSinceMilliseconds")
            VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8)
            """,
            SqliteType.Integer, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
    }

    /// <summary>Writes the visits that ended with a leave, in the same transactions.</summary>
    public VisitRows Visits { get; }

    /// <summary>When the viewer of a row joined.</summary>
    public static DateTimeOffset JoinedAtOf(long stored) =>
        stored < MostMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(stored) : DateTimeOffset.UnixEpoch.AddTicks(stored);

    public void Write(MembershipChange change)
    {
        if (change.IsJoin)
            Run(_insert, change.Id, change.RoomId, change.UserId, change.SessionId, change.IsGuest ? 1L : 0L, (long)change.State, (change.JoinedAt - DateTimeOffset.UnixEpoch).Ticks, change.IsUnlisted ? 1L : 0L);
        else
            Run(_delete, change.Id);
    }

    public void Write(HiddenChange change) => Run(_hide, change.Id, (long)change.Hidden.TotalMilliseconds, change.Since?.ToUnixTimeMilliseconds());

    public void Write(Visit visit) => _visits.Write(visit);

    public void Stamp(AliveStamp alive, long beat) =>
        Run(
            _stamp,
            alive.At.ToUnixTimeMilliseconds(), alive.BootId, (long?)alive.Uptime?.TotalMilliseconds, beat,
            (long?)alive.Steady?.Ran.TotalMilliseconds, alive.Steady?.Believed?.ToUnixTimeMilliseconds(), alive.Steady?.Candidate.ToUnixTimeMilliseconds(), (long?)alive.Steady?.CandidateSince.TotalMilliseconds);

    public void DeleteAll() => Run(_deleteAll);

    /// <summary>The last stamp and its number; null when there is none, on the first start.</summary>
    public (AliveStamp Alive, long Beat)? ReadLastAlive()
    {
        using var command = Query("""SELECT "At", "BootId", "UptimeMilliseconds", "Beat", "RanMilliseconds", "Believed", "Candidate", "CandidateSinceMilliseconds" FROM "LastAlive" WHERE "Id" = 1""");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        var alive = new AliveStamp(
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)),
            reader.IsDBNull(1) ? null : reader.GetString(1),
            reader.IsDBNull(2) ? null : TimeSpan.FromMilliseconds(reader.GetInt64(2)))
        {
            Steady = reader.IsDBNull(4) ? null : new SteadyStamp(
                TimeSpan.FromMilliseconds(reader.GetInt64(4)),
                reader.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)),
                TimeSpan.FromMilliseconds(reader.GetInt64(7))),
        };
        return (alive, reader.GetInt64(3));
    }

    /// <summary>The ids stored.</summary>
    public HashSet<long> ReadIds()
    {
        using var command = Query("""SELECT "Id" FROM "Memberships" """);
        using var reader = command.ExecuteReader();
        var ids = new HashSet<long>();
        while (reader.Read())
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
