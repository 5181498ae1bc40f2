using System.Globalization;
using Microsoft.Data.Sqlite;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;
using SQLitePCL;

namespace Presence.Engine.Storage;

/// <summary>Rule 10: who comes back after a restart. Pure.</summary>
/// <param name="ComesBack">The viewers stored come back, each with one full timeout.</param>
/// <param name="Reason">What decided, as a sentence for the log; null when there was nothing to decide.</param>
internal sealed record RestorePolicy(bool ComesBack, string? Reason)
{
    /// <summary>Whether the viewers stored come back: presence is on, and nothing proves that the product was down for their timeout.</summary>
    /// <param name="last">When the product last ran.</param>
    /// <param name="now">The moment of the restart.</param>
    /// <param name="settings">The settings now in force.</param>
    /// <remarks>
    /// A machine that did not restart tells the down time by its uptime, whatever its wall clock did. Otherwise the wall clock may
    /// have been wrong at either moment: it proves a long down time only together with an uptime of that length. What is in doubt is
    /// brought back, since a count of 0 for a room with viewers is worse than a viewer who left and counts for one timeout more.
    /// </remarks>
    public static RestorePolicy Decide(AliveStamp last, AliveStamp now, PresenceSettings settings)
    {
        var timeout = settings.PresenceTimeout;
        if (!settings.Enabled)
            return new(ComesBack: false, "presence is off");
        if (now.ProvenSince(last) is { } down)
        {
            return down < timeout
                ? new(ComesBack: true, IsInStep(last, now, down) ? null : $"the wall clock was set, and by the machine's uptime the server was down for {Text(down)}")
                : new(ComesBack: false, $"the server was down for {Text(down)}, and the presence timeout is {Text(timeout)}");
        }

        var wall = now.At - last.At;
        if (wall >= TimeSpan.Zero && wall < timeout)
            return new(ComesBack: true, null);
        if (wall < TimeSpan.Zero)
            return new(ComesBack: true, $"the wall clock is {Text(-wall)} behind the last stop, so the length of the downtime is unknown");
        return now.Uptime >= timeout
            ? new(ComesBack: false, $"the server was down for {Text(wall)}, and the presence timeout is {Text(timeout)}")
            : new(ComesBack: true, $"by the wall clock the server was down for {Text(wall)}, but the machine started {Text(now.Uptime ?? TimeSpan.Zero)} ago and its clock may have been set since");
    }

    private static bool IsInStep(AliveStamp last, AliveStamp now, TimeSpan down) => (now.At - last.At - down).Duration() < TimeSpan.FromSeconds(2);

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}

/// <summary>Reads back who was present, with names and pictures.</summary>
/// <remarks>
/// SQLite's own calls instead of a data reader, which takes twice as long for a million rows; the start waits for this.
/// <para><b>Threads.</b> One.</para>
/// </remarks>
internal sealed class StoredSessions(PresenceDatabase database) : IDisposable
{
    /// <summary>How many users are read in a row in the time one is looked up.</summary>
    private const int UsersReadPerLookUp = 4;

    private readonly SqliteConnection _connection = database.Connect();

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>Every stored session, as it is read.</summary>
    public IEnumerable<RestoredSession> Read()
    {
        var profileOf = OpenProfiles();
        var rooms = new Dictionary<string, string>(PresenceComparers.RoomId); // one string per room instead of one per row
        using var row = Prepare("""SELECT "Id", "RoomId", "UserId", "SessionId", "IsGuest", "State", "JoinedAt", "HiddenMilliseconds", "HiddenSince", "IsUnlisted" FROM "Memberships" ORDER BY "Id" """);
        while (Step(row))
        {
            var room = Text(row, 1)!;
            if (!rooms.TryGetValue(room, out var roomId))
                rooms.Add(room, roomId = room);
            var userId = Text(row, 2)!;
            var join = new MembershipChange(
                raw.sqlite3_column_int64(row, 0),
                IsJoin: true,
                roomId,
                userId,
                Text(row, 3)!,
                raw.sqlite3_column_int(row, 4) != 0,
                (ViewerState)raw.sqlite3_column_int(row, 5),
                MembershipRows.JoinedAtOf(raw.sqlite3_column_int64(row, 6)))
            {
                IsUnlisted = raw.sqlite3_column_int(row, 9) != 0,
            };
            yield return new RestoredSession(join, profileOf(userId)) { Hidden = Hidden(row, join.Id) };
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>All users at once, unless there are so many more of them than sessions that looking up each is quicker.</summary>
    private Func<string, UserProfile?> OpenProfiles()
    {
        const string WithProfile = """SELECT "UserId", "DisplayName", "AvatarUrl", "ProfileSaidAt" FROM "Users" WHERE ("DisplayName" IS NOT NULL OR "AvatarUrl" IS NOT NULL)""";
        var users = Count("Users");
        if (users > UsersReadPerLookUp * Count("Memberships"))
            return userId => Find($"""{WithProfile} AND "UserId" = ?1""", userId);

        var profiles = new Dictionary<string, UserProfile>((int)users, PresenceComparers.UserId); // at most four times the limit on sessions
        using var row = Prepare(WithProfile);
        while (Step(row))
            profiles.Add(Text(row, 0)!, Profile(row));
        return userId => profiles.GetValueOrDefault(userId);
    }

    private UserProfile? Find(string query, string userId)
    {
        using var row = Prepare(query);
        raw.sqlite3_bind_text(row, 1, userId);
        return Step(row) ? Profile(row) : null;
    }

    private long Count(string table)
    {
        using var row = Prepare($"""SELECT count(*) FROM "{table}" """);
        return Step(row) ? raw.sqlite3_column_int64(row, 0) : 0;
    }

    private sqlite3_stmt Prepare(string query)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(Handle, query, out var statement), Handle);
        return statement;
    }

    private bool Step(sqlite3_stmt row)
    {
        var code = raw.sqlite3_step(row);
        if (code is raw.SQLITE_ROW or raw.SQLITE_DONE)
            return code == raw.SQLITE_ROW;
        SqliteException.ThrowExceptionForRC(code, Handle);
        return false;
    }

    private static HiddenChange? Hidden(sqlite3_stmt row, long id)
    {
        var isHidden = raw.sqlite3_column_type(row, 8) != raw.SQLITE_NULL;
        var hidden = raw.sqlite3_column_int64(row, 7);
        return isHidden || hidden > 0
            ? new HiddenChange(id, TimeSpan.FromMilliseconds(hidden), isHidden ? DateTimeOffset.FromUnixTimeMilliseconds(raw.sqlite3_column_int64(row, 8)) : null)
            : null;
    }

    private static UserProfile Profile(sqlite3_stmt row) => new(Text(row, 1), Text(row, 2))
    {
        SaidAt = raw.sqlite3_column_type(row, 3) == raw.SQLITE_NULL ? default : DateTimeOffset.FromUnixTimeMilliseconds(raw.sqlite3_column_int64(row, 3)),
    };

    private static string? Text(sqlite3_stmt row, int column) => raw.sqlite3_column_text(row, column).utf8_to_string();
}
