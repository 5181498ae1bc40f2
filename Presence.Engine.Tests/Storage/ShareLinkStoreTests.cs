using Microsoft.EntityFrameworkCore;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class ShareLinkStoreTests : AdministrationTest
{
    [Fact]
    public async Task MakeAsync_Room_IsFoundByItsTokenAloneAndSurvivesACrash()
    {
        using var links = new ShareLinkStore(Database);

        var (link, token) = await links.MakeAsync("lobby", ShareLinkKind.Page, showsNames: true, "ada", Cancel);

        Assert.Equal(new ShareLink(link.Id, "lobby", ShareLinkKind.Page, ShowsNames: true, Time.GetUtcNow(), "ada", LastUsedAt: null), link);
        Assert.Matches("^[0-9A-Za-z]{32}$", token);
        Assert.Same(link, links.Find(token));
        Assert.True(links.IsInForce(link.Id));
        Assert.All(new[] { "", token[..^1], token + "0", token[..^1] + "é", link.Id }, other => Assert.Null(links.Find(other)));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new ShareLinkStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equal(link, again.Find(token));
        });
    }

    [Fact]
    public async Task MakeAsync_Token_IsStoredNowhere()
    {
        using var links = new ShareLinkStore(Database);

        var (_, token) = await links.MakeAsync("lobby", ShareLinkKind.Overlay, showsNames: false, "ada", Cancel);

        await using var context = Database.CreateDbContext();
        var row = await context.ShareLinks.AsNoTracking().SingleAsync(Cancel);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token)), row.Hash);
        Assert.All(new[] { row.Id, row.RoomId, row.CreatedBy }, text => Assert.DoesNotContain(token, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RevokeAsync_Link_LeadsNowhereForGood()
    {
        using var links = new ShareLinkStore(Database);
        var (link, token) = await links.MakeAsync("lobby", ShareLinkKind.Overlay, showsNames: false, "ada", Cancel);
        var (kept, keptToken) = await links.MakeAsync("lobby", ShareLinkKind.Overlay, showsNames: false, "ada", Cancel);

        Assert.Equal(link, await links.RevokeAsync(link.Id, "ada", Cancel));
        Assert.Null(await links.RevokeAsync(link.Id, "ada", Cancel));

        Assert.Null(links.Find(token));
        Assert.False(links.IsInForce(link.Id));
        Assert.Same(kept, links.Find(keptToken));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new ShareLinkStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Null(again.Find(token));
            Assert.Equal([kept], again.List());
        });
    }

    [Fact]
    public async Task Touch_ALink_IsListedAtOnceAndStoredByTheNextFlush()
    {
        using var links = new ShareLinkStore(Database);
        var (link, token) = await links.MakeAsync("lobby", ShareLinkKind.Overlay, showsNames: false, "ada", Cancel);
        var (gone, _) = await links.MakeAsync("lobby", ShareLinkKind.Overlay, showsNames: false, "ada", Cancel);
        Time.Advance(TimeSpan.FromMinutes(3));

        links.Touch(link.Id);
        links.Touch(gone.Id);
        await links.RevokeAsync(gone.Id, "ada", Cancel);
        var used = link with { LastUsedAt = Time.GetUtcNow() };
        Assert.Equal([used], links.List());
        await links.FlushAsync(Cancel);
        await links.FlushAsync(Cancel);

        Assert.Equal(used, links.Find(token));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new ShareLinkStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equal([used], again.List());
        });
    }

    [Fact]
    public async Task List_OfSeveral_IsNewestFirst()
    {
        using var links = new ShareLinkStore(Database);
        var (first, _) = await links.MakeAsync("lobby", ShareLinkKind.Overlay, showsNames: false, "ada", Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        var (second, _) = await links.MakeAsync("stage", ShareLinkKind.Page, showsNames: false, "ben", Cancel);

        Assert.Equal([second, first], links.List());
    }

    [Fact]
    public async Task MakeAsync_OverTheCapOfARoom_IsRefusedForThatRoomAlone()
    {
        using var links = new ShareLinkStore(Database);
        for (var i = 0; i < ShareLinkStore.MostOfRoom; i++)
            await links.MakeAsync("lobby", ShareLinkKind.Overlay, showsNames: false, "ada", Cancel);

        var full = await Assert.ThrowsAsync<StoreFullException>(() => links.MakeAsync("lobby", ShareLinkKind.Page, showsNames: false, "ada", Cancel));

        Assert.Equal(ShareLinkStore.MostOfRoom, full.Most);
        await links.MakeAsync("stage", ShareLinkKind.Page, showsNames: false, "ada", Cancel);
        await links.RevokeAsync(links.List().First(link => link.RoomId == "lobby").Id, "ada", Cancel);
        await links.MakeAsync("lobby", ShareLinkKind.Page, showsNames: false, "ada", Cancel);
    }

    [Fact]
    public async Task MakeAsync_OverTheCap_IsRefused()
    {
        await FillAsync(ShareLinkStore.Most);
        using var links = new ShareLinkStore(Database);
        await links.ReloadAsync(Cancel);

        var full = await Assert.ThrowsAsync<StoreFullException>(() => links.MakeAsync("one-more", ShareLinkKind.Page, showsNames: false, "ada", Cancel));

        Assert.Equal(ShareLinkStore.Most, full.Most);
        await links.RevokeAsync("link_1", "ada", Cancel);
        await links.MakeAsync("one-more", ShareLinkKind.Page, showsNames: false, "ada", Cancel);
    }

    private async Task FillAsync(int count)
    {
        await using var context = Database.CreateDbContext();
        await context.ExecuteAsync(
            $"""
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
            INSERT INTO "ShareLinks" ("Id", "Hash", "RoomId", "Kind", "ShowsNames", "CreatedAt", "CreatedBy") SELECT 'link_' || n, randomblob(32), 'room-' || n, 0, 0, 0, 'ada' FROM numbers
            """,
            Cancel);
    }
}
