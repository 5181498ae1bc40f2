using Microsoft.EntityFrameworkCore;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class PublicLinkStoreTests : AdministrationTest
{
    [Fact]
    public async Task MakeAsync_Room_IsFoundByItsCodeAndSurvivesACrash()
    {
        using var links = new PublicLinkStore(Database);
        Assert.Null(links.FindOfRoom("lobby"));

        var link = await links.MakeAsync("lobby", showsNames: true, "ada", Cancel);

        Assert.Equal(new PublicLink("lobby", link.Code, ShowsNames: true, Time.GetUtcNow(), "ada"), link);
        Assert.Equal(PublicLinkStore.CodeLength, link.Code.Length);
        Assert.Same(link, links.Find(link.Code));
        Assert.Same(link, links.FindOfRoom("lobby"));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new PublicLinkStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equal(link, again.Find(link.Code));
        });
    }

    [Fact]
    public async Task MakeAsync_Again_MakesAnotherCodeAndEndsTheOneBefore()
    {
        using var links = new PublicLinkStore(Database);
        var before = await links.MakeAsync("lobby", showsNames: true, "ada", Cancel);

        var link = await links.MakeAsync("lobby", showsNames: false, "ben", Cancel);

        Assert.NotEqual(before.Code, link.Code);
        Assert.Null(links.Find(before.Code));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new PublicLinkStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Null(again.Find(before.Code));
            Assert.Equal(link, again.FindOfRoom("lobby"));
        });
    }

    [Fact]
    public async Task SetAsync_OfALinkThatIsThere_KeepsItsCode()
    {
        using var links = new PublicLinkStore(Database);
        var made = await links.SetAsync("lobby", showsNames: false, "ada", Cancel);

        var changed = await links.SetAsync("lobby", showsNames: true, "ben", Cancel);

        Assert.Equal(made with { ShowsNames = true }, changed);
        Assert.Same(changed, links.Find(made.Code));
        Assert.Same(changed, await links.SetAsync("lobby", showsNames: true, "cat", Cancel));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new PublicLinkStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equal(changed, again.FindOfRoom("lobby"));
        });
    }

    [Fact]
    public async Task RevokeAsync_Link_LeadsNowhereForGood()
    {
        using var links = new PublicLinkStore(Database);
        var link = await links.MakeAsync("lobby", showsNames: false, "ada", Cancel);

        Assert.True(await links.RevokeAsync("lobby", "ada", Cancel));
        Assert.False(await links.RevokeAsync("lobby", "ada", Cancel));

        Assert.Null(links.Find(link.Code));
        Assert.Null(links.FindOfRoom("lobby"));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new PublicLinkStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Null(again.Find(link.Code));
        });
    }

    [Fact]
    public async Task MakeAsync_OverTheCap_IsRefusedForRoomsWithoutOne()
    {
        await FillAsync(PublicLinkStore.Most);
        using var links = new PublicLinkStore(Database);
        await links.ReloadAsync(Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => links.MakeAsync("one-more", showsNames: false, "ada", Cancel));
        await Assert.ThrowsAsync<StoreFullException>(() => links.SetAsync("one-more", showsNames: false, "ada", Cancel));
        Assert.Null(links.FindOfRoom("one-more"));
        await links.MakeAsync("room-1", showsNames: false, "ada", Cancel);
        await links.RevokeAsync("room-2", "ada", Cancel);

        Assert.NotNull(await links.MakeAsync("one-more", showsNames: false, "ada", Cancel));
    }

    private async Task FillAsync(int count)
    {
        await using var context = Database.CreateDbContext();
        await context.ExecuteAsync(
            $"""
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
            INSERT INTO "PublicLinks" ("RoomId", "Code", "ShowsNames", "CreatedAt", "CreatedBy") SELECT 'room-' || n, 'code-' || n, 0, 0, 'ada' FROM numbers
            """,
            Cancel);
    }
}
