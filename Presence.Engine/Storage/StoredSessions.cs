using Microsoft.Data.Sqlite;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Users;
using SQLitePCL;

namespace Presence.Engine.Storage;

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
        var rooms = new Dictionary<string, string>(PresenceComparers.RoomId); // one string a room, not one a row
        using var row = Prepare("""SELECT "Id", "RoomId", "UserId", "SessionId", "IsGuest", "State", "JoinedAt" FROM "Memberships" ORDER BY "Id" """);
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
                DateTimeOffset.FromUnixTimeMilliseconds(raw.sqlite3_column_int64(row, 6)));
            yield return new RestoredSession(join, profileOf(userId));
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

        var profiles = new Dictionary<string, UserProfile>((int)users, PresenceComparers.UserId); // four times the cap on sessions at most
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

    private static UserProfile Profile(sqlite3_stmt row) => new(Text(row, 1), Text(row, 2))
    {
        SaidAt = raw.sqlite3_column_type(row, 3) == raw.SQLITE_NULL ? default : DateTimeOffset.FromUnixTimeMilliseconds(raw.sqlite3_column_int64(row, 3)),
    };

    private static string? Text(sqlite3_stmt row, int column) => raw.sqlite3_column_text(row, column).utf8_to_string();
}
