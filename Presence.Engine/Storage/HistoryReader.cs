using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>A short reading of the tables of history, of one state of the file.</summary>
/// <remarks><b>Threads.</b> One. Rows are read without EF Core, which takes several times as long for many small ones.</remarks>
internal sealed class HistoryReader : IDisposable
{
    private const string VisitColumns =
        """r."RoomId", p."UserId", p."IsGuest", v."JoinedAt", v."StayedMilliseconds", v."UnseenMilliseconds", v."HiddenMilliseconds", v."Reason", d."Name", d."AppVersion", v."RoomNo", v."PersonNo" """;

    // LEFT JOIN keeps SQLite from reading the smaller table first.
    private const string VisitNames =
        """LEFT JOIN "HistoryRooms" r ON r."No" = v."RoomNo" LEFT JOIN "HistoryPeople" p ON p."No" = v."PersonNo" LEFT JOIN "HistoryDevices" d ON d."No" = v."DeviceNo" """;

    private const string LongVisits = """ "Visits" v INDEXED BY "IX_Visits_RoomNo_JoinedAt" """;

    /// <summary>Each look ends with the first visit it finds. CROSS JOIN keeps SQLite from beginning with the visits.</summary>
    internal const string RegularsSql =
        """
        WITH "Past" AS MATERIALIZED (SELECT "StartedAt", "EndedAt" FROM "Broadcasts" WHERE "RoomNo" = $1 AND "EndedAt" IS NOT NULL ORDER BY "StartedAt" DESC LIMIT $2)
        SELECT p."UserId", b."StartedAt", NULL
        FROM json_each($3) u CROSS JOIN "HistoryPeople" p ON p."UserId" = u.value CROSS JOIN "Past" b
        WHERE EXISTS (SELECT 1 FROM "Visits" v INDEXED BY "IX_Visits_PersonNo_JoinedAt" WHERE v."PersonNo" = p."No" AND v."RoomNo" = $1 AND v."JoinedAt" BETWEEN b."StartedAt" AND b."EndedAt")
        UNION ALL
        SELECT p."UserId", NULL, 1
        FROM json_each($3) u CROSS JOIN "HistoryPeople" p ON p."UserId" = u.value
        WHERE EXISTS (SELECT 1 FROM "Visits" v INDEXED BY "IX_Visits_PersonNo_JoinedAt" WHERE v."PersonNo" = p."No" AND v."RoomNo" = $1 AND v."JoinedAt" < $4)
        UNION ALL
        SELECT NULL, count(*), NULL FROM "Past"
        """;

    private const long ClockSteps = 60_000;

    private const string AllVisits = """ "Visits" v """;

    private static readonly string IsLong = string.Create(CultureInfo.InvariantCulture, $""" v."StayedMilliseconds" > {HistoryTables.LongStayMilliseconds} """);

    private readonly PresenceContext _context;
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    public HistoryReader(PresenceDatabase database)
    {
        _context = database.CreateDbContext();
        _context.Database.OpenConnection();
        _connection = (SqliteConnection)_context.Database.GetDbConnection();
        _transaction = _connection.BeginTransaction(deferred: true);
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _context.Dispose();
    }

    /// <summary>The condition that the room of a row is in a set, whose ids and prefixes are these parameters.</summary>
    public static string IsWithin(string ids, string prefixes) =>
        $"""(r."RoomId" IN (SELECT value FROM json_each({ids})) OR EXISTS (SELECT 1 FROM json_each({prefixes}) WHERE substr(r."RoomId", 1, length(value)) = value))""";

    /// <summary>A set's ids as a parameter; null for no set.</summary>
    public static string? IdsOf(RoomSet? rooms) => rooms is null ? null : JsonSerializer.Serialize(rooms.Ids);

    /// <summary>A set's prefixes as a parameter; null for no set.</summary>
    public static string? PrefixesOf(RoomSet? rooms) => rooms is null ? null : JsonSerializer.Serialize(rooms.Prefixes);

    /// <summary>A room's number, the network's for null; null when nothing is kept of it.</summary>
    public long? RoomNo(string? roomId) => roomId is null ? HistoryTables.Network : Number("""SELECT "No" FROM "HistoryRooms" WHERE "RoomId" = $1""", roomId);

    /// <summary>The next room behind a number.</summary>
    public long? RoomFrom(long no) => Number("""SELECT min("No") FROM "HistoryRooms" WHERE "No" >= $1""", no);

    /// <summary>When the latest minute stored of a room began; null when there is none.</summary>
    public DateTimeOffset? LastMinute(long room) =>
        Number("""SELECT max("At") FROM "Minutes" WHERE "Step" = 0 AND "RoomNo" = $1""", room) is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>How much there is, and how much the last day added.</summary>
    public HistoryVolume Volume(DateTimeOffset now)
    {
        var first = Number("""SELECT min("At") FROM "Minutes" WHERE "Step" = 1 AND "RoomNo" = 0""");
        var recorded = first is { } began ? now - DateTimeOffset.FromUnixTimeMilliseconds(began) : TimeSpan.Zero;
        var days = TimeSpan.FromDays(1) / TimeSpan.FromTicks(Math.Clamp(recorded.Ticks, TimeSpan.TicksPerMinute, TimeSpan.TicksPerDay));
        using var command = Query(
            """
            SELECT coalesce(sum("Left" + "TimedOut" + "Disabled" + "Removed" + "Ended") FILTER (WHERE "RoomNo" > 0), 0), coalesce(sum("Recorded"), 0), count(*)
            FROM "Minutes" WHERE "Step" = 1 AND "At" > $1 AND "RoomNo" IN (SELECT 0 UNION ALL SELECT "No" FROM "HistoryRooms")
            """,
            (now - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds());
        using var rows = command.ExecuteReader();
        rows.Read();
        return new HistoryVolume(now, (Number("PRAGMA page_count")!.Value - Number("PRAGMA freelist_count")!.Value) * Number("PRAGMA page_size")!.Value, recorded)
        {
            Visits = Number("""SELECT coalesce(sum("Visits"), 0) FROM "HistoryPeople" """)!.Value,
            VisitsADay = rows.GetInt64(0) * days,
            MinutesADay = rows.GetInt64(1) * days,
            QuartersADay = rows.GetInt64(2) * days,
        };
    }

    /// <summary>The minutes or quarters of a room, in order.</summary>
    public List<CurvePoint> Minutes(MinuteStep step, long room, DateTimeOffset from, DateTimeOffset until)
    {
        var length = step == MinuteStep.Minute ? TimeSpan.FromMinutes(1) : HistoryCalendar.Quarter;
        using var command = Query(
            """
            SELECT "At", "Recorded", "ViewersMilliseconds", "HiddenMilliseconds", "GuestsMilliseconds", "Peak", "Joins", "Left", "TimedOut", "Disabled", "Removed", "Ended"
            FROM "Minutes" WHERE "Step" = $1 AND "RoomNo" = $2 AND "At" >= $3 AND "At" < $4 ORDER BY "At"
            """,
            (long)step, room, from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds());
        using var rows = command.ExecuteReader();
        var minutes = new List<CurvePoint>();
        while (rows.Read())
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(0));
            minutes.Add(new CurvePoint(new HistorySpan(at, at + length))
            {
                Recorded = rows.GetInt32(1),
                Viewers = TimeSpan.FromMilliseconds(rows.GetInt64(2)),
                Hidden = TimeSpan.FromMilliseconds(rows.GetInt64(3)),
                Guests = TimeSpan.FromMilliseconds(rows.GetInt64(4)),
                Peak = rows.GetInt32(5),
                Joins = rows.GetInt32(6),
                Leaves = new LeaveCounts(rows.GetInt32(7), rows.GetInt32(8), rows.GetInt32(9), rows.GetInt32(10), rows.GetInt32(11)),
            });
        }
        return minutes;
    }

    /// <summary>Visits of a room that touch a stretch, in the order in which they began, behind a place in it.</summary>
    public List<(VisitPlace Place, Visit Visit)> Visits(long room, DateTimeOffset from, DateTimeOffset until, VisitPlace after, int take)
    {
        var visits = new List<(VisitPlace, Visit)>();
        var (first, last) = (from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds());
        var recent = first - HistoryTables.LongStayMilliseconds;
        if (after.JoinedAt < recent)
            Add(LongVisits, IsLong, after, Math.Min(recent, last));
        if (visits.Count < take)
            Add(AllVisits, "1", after.JoinedAt < recent ? new VisitPlace(room, recent - 1, long.MaxValue) : after, last);
        return visits;

        void Add(string table, string condition, VisitPlace behind, long before)
        {
            using var command = Query(
                $"""
                SELECT {VisitColumns} FROM {table} {VisitNames}
                WHERE v."RoomNo" = $1 AND (v."JoinedAt", v."PersonNo") > ($2, $3) AND v."JoinedAt" < $4 AND v."JoinedAt" + v."StayedMilliseconds" > $5 AND {condition}
                ORDER BY v."JoinedAt", v."PersonNo" LIMIT $6
                """,
                room, behind.JoinedAt, behind.PersonNo, before, first, (long)(take - visits.Count));
            Read(command, visits);
        }
    }

    /// <summary>A person's visits, the latest first, before a place.</summary>
    public List<(VisitPlace Place, Visit Visit)> VisitsOf(long person, VisitPlace before, int take, RoomSet? within = null)
    {
        using var command = Query(
            $"""
            SELECT {VisitColumns} FROM "Visits" v INDEXED BY "IX_Visits_PersonNo_JoinedAt" {VisitNames}
            WHERE v."PersonNo" = $1 AND (v."JoinedAt", v."RoomNo") < ($2, $3) AND ($5 IS NULL OR {IsWithin("$5", "$6")}) ORDER BY v."JoinedAt" DESC, v."RoomNo" DESC LIMIT $4
            """,
            person, before.JoinedAt, before.RoomNo, (long)take, IdsOf(within), PrefixesOf(within));
        var visits = new List<(VisitPlace, Visit)>();
        Read(command, visits);
        return visits;
    }

    /// <summary>All visits of a room that touch a stretch as figures need them, those present included, in the order in which they began.</summary>
    /// <param name="room">The room; null when nothing is kept of it.</param>
    /// <param name="span">The stretch. What begins or ends at its end belongs to it.</param>
    /// <param name="present">The visits under way, read before this.</param>
    /// <param name="isWhole">Whether the stretch is a broadcast: what touches it began in it, but for the steps of a clock that is put right.</param>
    public VisitFacts Facts(long? room, HistorySpan span, IReadOnlyList<Visit> present, bool isWhole)
    {
        var facts = new VisitFacts(Devices());
        var (first, last) = (span.From.ToUnixTimeMilliseconds(), span.Until.ToUnixTimeMilliseconds());
        if (room is not null)
        {
            var recent = first - (isWhole ? ClockSteps : HistoryTables.LongStayMilliseconds);
            if (!isWhole)
                Add(LongVisits, IsLong, long.MinValue, Math.Min(recent - 1, last));
            Add(AllVisits, "1", recent, last);
        }
        if (present.Count > 0)
            facts.AddPresent(present.Where(visit => visit.JoinedAt <= span.Until), People(present, span.From));
        return facts;

        void Add(string table, string condition, long from, long until)
        {
            using var command = Query(
                $"""
                SELECT v."PersonNo", v."JoinedAt", v."StayedMilliseconds", v."UnseenMilliseconds", v."HiddenMilliseconds", v."DeviceNo", v."Reason", p."IsGuest", p."FirstSeenAt" < $4 OR {WasHere("p")}
                FROM {table} LEFT JOIN "HistoryPeople" p ON p."No" = v."PersonNo"
                WHERE v."RoomNo" = $1 AND v."JoinedAt" BETWEEN $2 AND $3 AND v."JoinedAt" + v."StayedMilliseconds" >= $4 AND {condition}
                ORDER BY v."JoinedAt", v."PersonNo"
                """,
                room, from, until, first, TicksOf(span.From), PresenceEngine.NetworkRoom);
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                var (joined, stayed) = (rows.GetInt64(1), rows.GetInt64(2));
                facts.Add(new VisitFact(
                    rows.GetInt64(0), joined, joined + stayed, joined + stayed - rows.GetInt64(3), rows.GetInt64(4), (int)rows.GetInt64(5), (LeaveReason)rows.GetByte(6),
                    !rows.IsDBNull(7) && rows.GetBoolean(7), !rows.IsDBNull(8) && rows.GetBoolean(8)));
            }
        }
    }

    public (long No, PersonSummary Person)? Person(string userId)
    {
        using var command = Query("""SELECT "No", "IsGuest", "FirstSeenAt", "LastSeenAt", "Visits", "WatchedMilliseconds" FROM "HistoryPeople" WHERE "UserId" = $1""", userId);
        using var rows = command.ExecuteReader();
        return rows.Read() ? (rows.GetInt64(0), new PersonSummary(userId, rows.GetBoolean(1), At(rows, 2), At(rows, 3), rows.GetInt64(4), TimeSpan.FromMilliseconds(rows.GetInt64(5)))) : null;
    }

    /// <summary>Who of some users was in a room before.</summary>
    public RoomRegulars Regulars(long room, string[] userIds, DateTimeOffset earlier)
    {
        var known = new Dictionary<string, RoomRegular>(PresenceComparers.UserId);
        using var command = Query(RegularsSql, room, (long)RoomRegulars.Broadcasts, JsonSerializer.Serialize(userIds), earlier.ToUnixTimeMilliseconds());
        using var rows = command.ExecuteReader();
        var ended = 0;
        while (rows.Read())
        {
            if (rows.IsDBNull(0))
            {
                ended = rows.GetInt32(1);
                continue;
            }
            var before = known.GetValueOrDefault(rows.GetString(0)) ?? new RoomRegular(0, null);
            known[rows.GetString(0)] = rows.IsDBNull(1) ? before : new RoomRegular(before.Attended + 1, before.LastAt is { } last && last > At(rows, 1) ? last : At(rows, 1));
        }
        return new RoomRegulars(ended, known);
    }

    /// <summary>People who left since an instant, the latest first, with the names they are shown by.</summary>
    public IEnumerable<(long No, string UserId, string? Name)> SeenSince(DateTimeOffset since)
    {
        using var command = Query(
            """
            SELECT p."No", p."UserId", u."DisplayName" FROM "HistoryPeople" p LEFT JOIN "Users" u ON u."UserId" = p."UserId"
            WHERE p."LastSeenAt" >= $1 AND p."UserId" IS NOT NULL ORDER BY p."LastSeenAt" DESC
            """,
            since.ToUnixTimeMilliseconds());
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return (rows.GetInt64(0), rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2));
    }

    /// <summary>Broadcasts that meet a condition.</summary>
    public List<Broadcast> Broadcasts(string condition, params ReadOnlySpan<object?> values)
    {
        using var command = Query(
            $"""
            SELECT b."Id", r."RoomId", b."Title", b."StartedAt", b."EndedAt", b."End", b."SummarisedAt", b."Peak", b."PeakAt", b."PresentMilliseconds", b."Users", b."Guests", b."Joins",
                b."WatchedMilliseconds", b."HiddenMilliseconds", b."MedianStayMilliseconds", b."Returning"
            FROM "Broadcasts" b JOIN "HistoryRooms" r ON r."No" = b."RoomNo" WHERE {condition}
            """,
            values);
        using var rows = command.ExecuteReader();
        var broadcasts = new List<Broadcast>();
        while (rows.Read())
        {
            var (startedAt, endedAt) = (At(rows, 3), rows.IsDBNull(4) ? (DateTimeOffset?)null : At(rows, 4));
            var figures = rows.IsDBNull(6) ? null : new BroadcastFigures
            {
                Peak = rows.GetInt32(7),
                PeakAt = rows.IsDBNull(8) ? null : At(rows, 8),
                Average = endedAt > startedAt ? rows.GetInt64(9) / (endedAt.Value - startedAt).TotalMilliseconds : 0,
                Users = rows.GetInt32(10),
                Guests = rows.GetInt32(11),
                Joins = rows.GetInt32(12),
                Watched = TimeSpan.FromMilliseconds(rows.GetInt64(13)),
                Hidden = TimeSpan.FromMilliseconds(rows.GetInt64(14)),
                MedianStay = TimeSpan.FromMilliseconds(rows.GetInt64(15)),
                Returning = rows.GetInt32(16),
            };
            broadcasts.Add(new Broadcast(rows.GetInt64(0), rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2), startedAt, endedAt, (BroadcastEnd)rows.GetByte(5), figures));
        }
        return broadcasts;
    }

    public string? Text(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Query(sql, values);
        return command.ExecuteScalar() as string;
    }

    public List<long> Numbers(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Query(sql, values);
        using var rows = command.ExecuteReader();
        var numbers = new List<long>();
        while (rows.Read())
            numbers.Add(rows.GetInt64(0));
        return numbers;
    }

    private static DateTimeOffset At(SqliteDataReader rows, int column) => DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(column));

    private static string? Said(SqliteDataReader rows, int column) => rows.IsDBNull(column) || rows.GetString(column) is not { Length: > 0 } text ? null : text;

    private static void Read(SqliteCommand command, List<(VisitPlace, Visit)> into)
    {
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var (joinedAt, stayed) = (rows.GetInt64(3), rows.GetInt64(4));
            into.Add((new VisitPlace(rows.GetInt64(10), joinedAt, rows.GetInt64(11)), new Visit(
                rows.IsDBNull(0) ? "" : rows.GetString(0),
                rows.IsDBNull(1) ? "" : rows.GetString(1),
                !rows.IsDBNull(2) && rows.GetBoolean(2),
                DateTimeOffset.FromUnixTimeMilliseconds(joinedAt),
                DateTimeOffset.FromUnixTimeMilliseconds(joinedAt + stayed),
                (LeaveReason)rows.GetByte(7))
            {
                SeenAt = DateTimeOffset.FromUnixTimeMilliseconds(joinedAt + stayed - rows.GetInt64(5)),
                Hidden = TimeSpan.FromMilliseconds(rows.GetInt64(6)),
                Device = new SessionDevice(Said(rows, 8), Said(rows, 9)),
            }));
        }
    }

    private long? Number(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Query(sql, values);
        return command.ExecuteScalar() is long number ? number : null;
    }

    private SqliteCommand Query(string sql, params ReadOnlySpan<object?> values)
    {
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), values[i] ?? DBNull.Value);
        return command;
    }

    /// <summary>All devices, by their numbers.</summary>
    private List<SessionDevice> Devices()
    {
        using var command = Query("""SELECT "No", "Name", "AppVersion" FROM "HistoryDevices" ORDER BY "No" """);
        using var rows = command.ExecuteReader();
        var devices = new List<SessionDevice>();
        while (rows.Read())
        {
            CollectionsMarshal.SetCount(devices, (int)rows.GetInt64(0) + 1);
            devices[^1] = new SessionDevice(Said(rows, 1), Said(rows, 2));
        }
        return devices;
    }

    /// <summary>The numbers of people, null where nothing is kept of them, and whether they watched something before an instant.</summary>
    private Dictionary<string, (long? No, bool IsReturning)> People(IReadOnlyList<Visit> present, DateTimeOffset from)
    {
        using var command = Query(
            $"""
            SELECT p."UserId", p."No", coalesce(p."FirstSeenAt" < $2, 0) OR {WasHere("p")}
            FROM (SELECT j.value AS "UserId", h."No", h."FirstSeenAt" FROM json_each($1) j LEFT JOIN "HistoryPeople" h ON h."UserId" = j.value) p
            """,
            JsonSerializer.Serialize(present.Select(visit => visit.UserId)), from.ToUnixTimeMilliseconds(), null, null, TicksOf(from), PresenceEngine.NetworkRoom);
        using var rows = command.ExecuteReader();
        var people = new Dictionary<string, (long?, bool)>(PresenceComparers.UserId);
        while (rows.Read())
            people[rows.GetString(0)] = (rows.IsDBNull(1) ? null : rows.GetInt64(1), rows.GetBoolean(2));
        return people;
    }

    /// <summary>Whether somebody is in any room since before an instant ($5): the visit that makes them a returning viewer is not over yet.</summary>
    private static string WasHere(string people) =>
        $"""{people}."UserId" IN (SELECT "UserId" FROM "Memberships" WHERE "JoinedAt" < $5 AND "RoomId" <> $6)""";

    /// <summary>As memberships store it.</summary>
    private static long TicksOf(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks;
}

/// <summary>Where a visit stands in a list.</summary>
internal readonly record struct VisitPlace(long RoomNo, long JoinedAt, long PersonNo)
{
    /// <summary>Before all visits of the first room.</summary>
    public static readonly VisitPlace First = new(1, long.MinValue, 0);

    /// <summary>Behind all visits.</summary>
    public static readonly VisitPlace Last = new(long.MaxValue, long.MaxValue, long.MaxValue);

    public string ToCursor() => string.Create(CultureInfo.InvariantCulture, $"{RoomNo}.{JoinedAt}.{PersonNo}");

    /// <exception cref="ArgumentException">It is no cursor.</exception>
    public static VisitPlace Parse(string cursor)
    {
        var parts = cursor.Split('.');
        return parts.Length == 3 && Whole(parts[0], out var room) && Whole(parts[1], out var joined) && Whole(parts[2], out var person)
            ? new VisitPlace(room, joined, person)
            : throw new ArgumentException("The cursor is not one of this list. Start without one.", nameof(cursor));

        static bool Whole(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}

/// <summary>Visits as figures need them, in the order in which they began.</summary>
internal sealed class VisitFacts(List<SessionDevice> devices)
{
    private readonly List<VisitFact> _facts = [];

    /// <summary>What their numbers of devices stand for.</summary>
    public IReadOnlyList<SessionDevice> Devices => devices;

    public ReadOnlySpan<VisitFact> Span => CollectionsMarshal.AsSpan(_facts);

    public void Add(in VisitFact fact) => _facts.Add(fact);

    /// <summary>Adds visits under way. One that ended since it was read is here already.</summary>
    public void AddPresent(IEnumerable<Visit> visits, Dictionary<string, (long? No, bool IsReturning)> people)
    {
        var stored = _facts.Select(fact => (fact.Person, fact.Joined)).ToHashSet();
        var numbers = new Dictionary<SessionDevice, int>();
        for (var number = devices.Count - 1; number >= 0; number--)
            numbers[devices[number]] = number;
        var unknown = 0L;
        foreach (var visit in visits)
        {
            var (known, isReturning) = visit.IsUnlisted ? default : people.GetValueOrDefault(visit.UserId); // as it will be stored
            var no = known ?? --unknown;
            var joined = visit.JoinedAt.ToUnixTimeMilliseconds();
            if (stored.Contains((no, joined)))
                continue;
            if (!numbers.TryGetValue(visit.Device, out var device))
            {
                numbers[visit.Device] = device = devices.Count;
                devices.Add(visit.Device);
            }
            _facts.Add(new VisitFact(
                no, joined, Math.Max(joined, visit.LeftAt.ToUnixTimeMilliseconds()), Math.Max(joined, visit.SeenAt.ToUnixTimeMilliseconds()), (long)visit.Hidden.TotalMilliseconds,
                device, LeaveReason.None, visit.IsGuest, isReturning));
        }
        _facts.Sort((one, other) => one.Joined != other.Joined ? one.Joined.CompareTo(other.Joined) : one.Person.CompareTo(other.Person));
    }
}
