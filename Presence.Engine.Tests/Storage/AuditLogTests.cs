using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class AuditLogTests : AdministrationTest
{
    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator, "0123456789abcdef");

    private AuditLog Log => new(Database);

    [Fact]
    public void All_HasEveryWordForAnAct() => Assert.Equal(
        typeof(AuditActs).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(),
        AuditActs.All.Order());

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

    private sealed class Stores(PresenceDatabase database, PresenceEngine engine) : IDisposable
    {
        public RemovalStore Removals { get; } = new(database, engine);

        public RoomStore Rooms { get; } = new(database, engine);

        public void Dispose()
        {
            Removals.Dispose();
            Rooms.Dispose();
        }
    }
}
