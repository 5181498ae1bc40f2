using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class AuditLogTests : AdministrationTest
{
    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator, "0123456789abcdef");

    private AuditLog Log => new(Database);

    /// <summary>Random acts through the stores, some refused and some that change nothing.</summary>
    [Fact]
    public async Task Acts_AtRandom_AreRecordedOnceEachAndChained()
    {
        using var stores = new Stores(Database, Engine);
        await stores.Settings.LoadAsync(PresenceSettings.Default, Cancel);
        var random = new Random(1);
        var done = new List<(string Act, string? RoomId, string? UserId)>();
        for (var acts = ProofLength.Of("PRESENCE_AUDIT_ACTS", usually: 600, full: 10_000); acts > 0; acts--)
        {
            Time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 4_000)));
            if (await stores.ActAsync(random) is { } act)
                done.Add(act);
        }

        Assert.Equal(done, (await Log.ReadAsync(new AuditQuery(), Cancel).ToListAsync(Cancel)).ConvertAll(record => (record.Act, record.RoomId, record.UserId)));
        Assert.True(done.Select(act => act.Act).Distinct().Count() >= 10);
        var verification = await Log.VerifyAsync(Cancel);
        Assert.Equal((done.Count, (long?)null), (verification.Count, verification.FirstBroken));
        Assert.Equal(done.Count, verification.Last!.Id);
    }

    [Fact]
    public async Task RecordAsync_RolledBack_LeavesNothing()
    {
        using var stores = new Stores(Database, Engine);
        await stores.Removals.RemoveAsync(Ban("ann"), Mia, Cancel);
        await using (var context = Database.CreateDbContext())
        {
            await using var transaction = await context.BeginWriteAsync(Cancel);
            await context.RecordAsync(new AuditEntry(AuditActs.JobStarted, Mia), Time.GetUtcNow(), Cancel);
        }
        await using (var context = Database.CreateDbContext())
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.RecordAsync(new AuditEntry(AuditActs.JobStarted, Mia), Time.GetUtcNow(), Cancel));

        await stores.Removals.LiftAsync("ann", "lobby", Mia, Cancel);
        Assert.Equal([AuditActs.BanLifted, AuditActs.BanCreated], (await Log.ListAsync(new AuditQuery(), 10, Cancel)).Select(act => act.Act));
        Assert.Equal(2, (await Log.VerifyAsync(Cancel)).Count);
    }

    [Theory]
    [InlineData("At", "1")]
    [InlineData("Act", "'ban.lifted'")]
    [InlineData("RoomId", "'elsewhere'")]
    [InlineData("ActorKind", "2")]
    [InlineData("Actor", "'eve@example.com'")]
    [InlineData("Address", "NULL")]
    [InlineData("UserId", "'ben'")]
    [InlineData("Object", "'something'")]
    [InlineData("Old", "'nothing'")]
    [InlineData("New", "NULL")]
    [InlineData("Reason", "'none'")]
    [InlineData("SubjectSalt", "NULL")]
    [InlineData("ActorSalt", "x'00'")]
    [InlineData("ActorHash", "x'00'")]
    [InlineData("SubjectHash", "x'00'")]
    [InlineData("Previous", "x'00'")]
    [InlineData("Hash", "x'00'")]
    [InlineData("Id", "99")]
    public async Task VerifyAsync_EditedRow_NamesIt(string column, string value)
    {
        using var stores = new Stores(Database, Engine);
        await stores.Removals.RemoveAsync(Ban("ada"), Mia, Cancel);
        await stores.Removals.RemoveAsync(Ban("ann"), Mia, Cancel);
        await stores.Removals.LiftAsync("ada", "lobby", Mia, Cancel);
        Assert.Null((await Log.VerifyAsync(Cancel)).FirstBroken);

        await EditAsync($"""UPDATE "Audit" SET "{column}" = {value} WHERE "Id" = 2""");

        var verification = await Log.VerifyAsync(Cancel);
        Assert.Equal((1, column == "Id" ? 3 : 2), (verification.Count, verification.FirstBroken));
        Assert.NotEmpty(verification.Problem!);
    }

    [Fact]
    public async Task VerifyAsync_DeletedRow_NamesTheNext()
    {
        using var stores = new Stores(Database, Engine);
        await stores.Removals.RemoveAsync(Ban("ada"), Mia, Cancel);
        await stores.Removals.RemoveAsync(Ban("ann"), Mia, Cancel);
        await stores.Removals.LiftAsync("ada", "lobby", Mia, Cancel);

        await EditAsync("""DELETE FROM "Audit" WHERE "Id" = 2""");

        Assert.Equal((3, "1 rows before it are missing"), ((await Log.VerifyAsync(Cancel)).FirstBroken, (await Log.VerifyAsync(Cancel)).Problem));
    }

    [Fact]
    public async Task EraseAsync_Viewer_LeavesAChainThatVerifiesAndNamesNobody()
    {
        using var stores = new Stores(Database, Engine);
        await stores.Removals.RemoveAsync(Ban("ann", "ann was rude"), Mia, Cancel);
        await stores.Removals.RemoveAsync(Ban("ben"), Mia, Cancel);
        await stores.Removals.LiftAsync("ann", "lobby", Mia, Cancel);

        await using (var context = Database.CreateDbContext())
            Assert.Equal(2, await AuditLog.EraseAsync(context, "ann", Cancel));

        Assert.Equal((3, (long?)null), ((await Log.VerifyAsync(Cancel)).Count, (await Log.VerifyAsync(Cancel)).FirstBroken));
        var acts = await Log.ListAsync(new AuditQuery(), 10, Cancel);
        Assert.All(acts.Where(act => act.Id != 2), act => Assert.Equal((true, null, null, null, null), (act.IsErased, act.UserId, act.Old, act.New, act.Reason)));
        Assert.All(acts, act => Assert.Equal(("mia@example.com", "lobby"), (act.Actor, act.RoomId)));
        // Who writes somebody else in is found.
        await EditAsync("""UPDATE "Audit" SET "UserId" = 'eve' WHERE "Id" = 1""");
        Assert.Equal(1, (await Log.VerifyAsync(Cancel)).FirstBroken);
    }

    [Fact]
    public async Task PruneAsync_OldActs_LeaveAChainThatGoesOn()
    {
        using var stores = new Stores(Database, Engine);
        await stores.Removals.RemoveAsync(Ban("ada"), Mia, Cancel);
        Time.Advance(TimeSpan.FromSeconds(5));
        await stores.Removals.RemoveAsync(Ban("ann"), Mia, Cancel);

        Assert.Equal(1, await AuditLog.PruneAsync(Database, Time.GetUtcNow().ToUnixTimeMilliseconds(), Cancel));
        Assert.Equal(0, await AuditLog.PruneAsync(Database, Time.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds(), Cancel)); // the last one stays
        await stores.Removals.LiftAsync("ada", "lobby", Mia, Cancel);

        Assert.Equal([3, 2], (await Log.ListAsync(new AuditQuery(), 10, Cancel)).Select(act => act.Id));
        Assert.Equal((2, (long?)null), ((await Log.VerifyAsync(Cancel)).Count, (await Log.VerifyAsync(Cancel)).FirstBroken));
    }

    [Fact]
    public async Task ListAsync_Filters_SelectWhatTheySay()
    {
        using var stores = new Stores(Database, Engine);
        await stores.Removals.RemoveAsync(Ban("ann"), Mia, Cancel);
        Time.Advance(TimeSpan.FromSeconds(5));
        var later = Time.GetUtcNow();
        await stores.Rooms.DefineAsync("stage", new RoomDefinition { Title = "Stage" }, new Actor("server key app", ActorKind.ServerKey), null, Cancel);
        await stores.Removals.LiftAsync("ann", "lobby", Mia, Cancel);

        await AssertAsync(new AuditQuery { UserId = "ann" }, 3, 1);
        await AssertAsync(new AuditQuery { RoomId = "stage" }, 2);
        await AssertAsync(new AuditQuery { Actor = "server key app" }, 2);
        await AssertAsync(new AuditQuery { Acts = [AuditActs.BanCreated, AuditActs.RoomChanged] }, 2, 1);
        await AssertAsync(new AuditQuery { From = later }, 3, 2);
        await AssertAsync(new AuditQuery { Until = later }, 1);
        await AssertAsync(new AuditQuery { Before = 3 }, 2, 1);
        var room = Assert.Single(await Log.ListAsync(new AuditQuery { RoomId = "stage" }, 10, Cancel));
        Assert.Equal("""{"status":"Live"}""", room.Old);
        Assert.Equal("""{"title":"Stage","status":"Live"}""", room.New);

        async Task AssertAsync(AuditQuery query, params long[] ids) => Assert.Equal(ids, (await Log.ListAsync(query, 10, Cancel)).Select(act => act.Id));
    }

    private Removal Ban(string userId, string? reason = null) => new(userId, "lobby", Time.GetUtcNow().AddHours(1), reason);

    private async Task EditAsync(string statement)
    {
        await using var context = Database.CreateDbContext();
#pragma warning disable EF1002 // a test's own words
        await context.WriteAsync(() => context.Database.ExecuteSqlRawAsync(statement, Cancel), Cancel);
#pragma warning restore EF1002
    }

    /// <summary>The stores, and one act of theirs.</summary>
    private sealed class Stores(PresenceDatabase database, PresenceEngine engine) : IDisposable
    {
        private readonly List<string> _links = [];
        private readonly HistorySettingsStore _history = new(database);
        private readonly PublicLinkStore _publicLinks = new(database);
        private readonly ShareLinkStore _shareLinks = new(database);
        private readonly ServerKeyStore _keys = new(database);

        public SettingsStore Settings { get; } = new(database, engine);

        public RemovalStore Removals { get; } = new(database, engine);

        public RoomStore Rooms { get; } = new(database, engine);

        /// <returns>What must be recorded; null for nothing.</returns>
        public async Task<(string Act, string? RoomId, string? UserId)?> ActAsync(Random random)
        {
            var (room, user) = ($"room-{random.Next(3)}", $"user-{random.Next(3)}");
            switch (random.Next(12))
            {
                case 0:
                    var settings = engine.Settings with { ListLimit = random.Next(100, 103) };
                    return settings == engine.Settings ? Nothing(await ChangeAsync(settings)) : Did(await ChangeAsync(settings), AuditActs.SettingsChanged);
                case 1:
                    await Assert.ThrowsAsync<SettingsRefusedException>(() => ChangeAsync(engine.Settings with { ListLimit = -1 }));
                    return null;
                case 2:
                    var kept = _history.Current with { EventDays = random.Next(100, 103) };
                    return kept == _history.Current ? Nothing(await _history.ChangeAsync(kept, Mia, null, null, Cancel)) : Did(await _history.ChangeAsync(kept, Mia, "tidy", null, Cancel), AuditActs.HistorySettingsChanged);
                case 3:
                    var known = await Rooms.FindAsync(room, Cancel);
                    try
                    {
                        var definition = new RoomDefinition { Title = $"Title {random.Next(2)}" };
                        return Did(await Rooms.DefineAsync(room, definition, Mia, null, Cancel), AuditActs.RoomChanged, room) is var did && known.Definition == definition ? null : did;
                    }
                    catch (StoreFullException)
                    {
                        return null; // rolled back
                    }
                case 4:
                    return await Rooms.ForgetAsync(room, Mia, null, Cancel) ? (AuditActs.RoomDeleted, room, null) : null;
                case 5 or 6:
                    try
                    {
                        return Did(await Removals.RemoveAsync(new Removal(user, room, database.Time.GetUtcNow().AddHours(1), "spam"), Mia, Cancel), AuditActs.BanCreated, room, user);
                    }
                    catch (StoreFullException)
                    {
                        return null;
                    }
                case 7:
                    return await Removals.LiftAsync(user, room, Mia, Cancel) ? (AuditActs.BanLifted, room, user) : null;
                case 8:
                    if (_keys.List().FirstOrDefault(key => key.RevokedAt is null) is { } key && random.Next(2) == 0)
                        return Did(await _keys.RevokeAsync(key.Id, Mia, Cancel), AuditActs.ServerKeyRevoked);
                    return Did(await _keys.CreateAsync(new NewServerKey("app", Guid.NewGuid().ToByteArray(), "pd_abc", ["read"], Mia, null), Cancel), AuditActs.ServerKeyCreated);
                case 9:
                    return Did(await _publicLinks.MakeAsync(room, random.Next(2) == 0, Mia, Cancel), AuditActs.PublicLinkCreated, room);
                case 10:
                    return await _publicLinks.RevokeAsync(room, Mia, Cancel) ? (AuditActs.PublicLinkRevoked, room, null) : null;
                default:
                    if (_links.Count > 5)
                    {
                        var link = _links[0];
                        _links.RemoveAt(0);
                        return (AuditActs.ShareLinkRevoked, (await _shareLinks.RevokeAsync(link, Mia, Cancel))!.RoomId, null);
                    }
                    var made = await _shareLinks.MakeAsync(room, ShareLinkKind.Page, showsNames: false, Mia, Cancel);
                    _links.Add(made.Link.Id);
                    return (AuditActs.ShareLinkCreated, room, null);
            }

            Task<PresenceSettings> ChangeAsync(PresenceSettings settings) => Settings.ChangeAsync(new SettingsChange { Settings = settings, By = Mia }, Cancel);

            static (string, string?, string?)? Did<T>(T _, string act, string? roomId = null, string? userId = null) => (act, roomId, userId);

            static (string, string?, string?)? Nothing<T>(T _) => null;
        }

        public void Dispose()
        {
            Settings.Dispose();
            Removals.Dispose();
            Rooms.Dispose();
            _history.Dispose();
            _publicLinks.Dispose();
            _shareLinks.Dispose();
            _keys.Dispose();
        }
    }
}
