using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class HandoverStoreTests : AdministrationTest
{
    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator);

    [Fact]
    public async Task SetAsync_Notes_AreKeptReplacedClearedAndRecordedWithoutTheirText()
    {
        using var handovers = new HandoverStore(Database);
        Assert.Null(await handovers.SetAsync("lobby", null, Mia, Cancel)); // nothing to clear, nothing to record
        await handovers.SetAsync("lobby", "Ann is loud", Mia, Cancel);
        var note = await handovers.SetAsync("lobby", "Ann was banned", "jo@example.com", Cancel);

        Assert.Equal(new Handover("lobby", "Ann was banned", "jo@example.com", Time.GetUtcNow()), note);
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new HandoverStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equal(note, again.Of("lobby"));
            Assert.Null(again.Of("stage"));
        });
        await handovers.SetAsync("lobby", null, Mia, Cancel);
        Assert.Null(handovers.Of("lobby"));
        var acts = await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel);
        Assert.Equal([AuditActs.HandoverCleared, AuditActs.HandoverLeft, AuditActs.HandoverLeft], acts.Select(act => act.Act));
        Assert.All(acts, act => Assert.Equal("lobby", act.RoomId));
        Assert.DoesNotContain(acts, act => $"{act.Old}{act.New}{act.Reason}{act.Object}".Contains("Ann", StringComparison.Ordinal)); // it would outlive the erasure of Ann
    }

    [Fact]
    public async Task Of_NoteOfAWeekAgo_IsGoneFromThePageAndThenFromTheDisk()
    {
        using var handovers = new HandoverStore(Database);
        await handovers.SetAsync("lobby", "x", Mia, Cancel);
        for (var hours = 0; hours < 7 * 24; hours += 12)
        {
            Assert.NotNull(handovers.Of("lobby"));
            Time.Advance(TimeSpan.FromHours(12));
            await handovers.PruneAsync(Cancel);
        }

        Assert.Null(handovers.Of("lobby"));
        Assert.Equal(1, await RowsAsync());
        for (var hours = 0; hours < 26; hours += 2)
        {
            Time.Advance(TimeSpan.FromHours(2));
            await handovers.PruneAsync(Cancel);
        }
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task SetAsync_BeyondTheCapOrTheLength_IsRefused()
    {
        using var handovers = new HandoverStore(Database);
        await Assert.ThrowsAsync<ArgumentException>(() => handovers.SetAsync("lobby", new string('x', HandoverStore.LongestText + 1), Mia, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => handovers.SetAsync("lobby", " ", Mia, Cancel));
        await using (var context = Database.CreateDbContext())
        {
            context.AddRange(Enumerable.Range(0, HandoverStore.Most).Select(number => new HandoverRecord { RoomId = $"room {number}", Text = "x", By = "mia", At = Time.GetUtcNow() }));
            await context.SaveChangesAsync(Cancel);
        }
        await handovers.ReloadAsync(Cancel);

        Assert.Equal(HandoverStore.Most, (await Assert.ThrowsAsync<StoreFullException>(() => handovers.SetAsync("lobby", "x", Mia, Cancel))).Most);
        await handovers.SetAsync("room 1", "another", Mia, Cancel);
        await handovers.SetAsync("room 2", null, Mia, Cancel);
        Assert.NotNull(await handovers.SetAsync("lobby", "x", Mia, Cancel));
    }

    private async Task<int> RowsAsync()
    {
        await using var context = Database.CreateDbContext();
        return await context.Handovers.CountAsync(Cancel);
    }
}
