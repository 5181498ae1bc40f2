using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class DrawStoreTests : AdministrationTest
{
    [Fact]
    public async Task DrawAsync_PreparedBefore_TakesWhoIsThereThenAndOnce()
    {
        using var draws = new DrawStore(Database, Engine);
        for (var second = 0; second <= 60; second++)
        {
            if (second % 30 == 0)
                Beat("ann");
            Time.Advance(TimeSpan.FromSeconds(1));
            Engine.Sweep(); // by which the engine's clock goes
        }
        var prepared = await draws.PrepareAsync("lobby", 5, new DrawFilter(PresentForMinutes: 1), "ada", Cancel);
        Beat("ann");
        Beat("ben"); // not there for a minute

        var drawn = (await draws.DrawAsync("lobby", prepared.Id, "ada", Cancel))!;
        Beat("cem");

        Assert.Null(prepared.Seed);
        Assert.Equal(prepared.SeedHash, DrawRules.Hash(drawn.Seed!));
        Assert.Equal(["ann"], drawn.Candidates);
        Assert.Equal(["ann"], drawn.Drawn);
        Assert.Equal(1, drawn.CandidateCount);
        Assert.Equivalent(drawn, await draws.DrawAsync("lobby", prepared.Id, "ada", Cancel), strict: true);
        Assert.Null(await draws.DrawAsync("elsewhere", prepared.Id, "ada", Cancel));
        Assert.Equal([AuditActs.Drawn, AuditActs.DrawPrepared], (await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel)).Select(act => act.Act));
    }

    [Fact]
    public async Task PrepareAsync_OneMoreThanIsKept_DropsTheOldest()
    {
        using var draws = new DrawStore(Database, Engine);
        var first = await draws.PrepareAsync("lobby", 1, new DrawFilter(), "ada", Cancel);
        for (var i = 1; i < DrawStore.Most; i++)
            await draws.PrepareAsync("stage", 1, new DrawFilter(), "ada", Cancel);
        Assert.Equal([first.Id], (await draws.ListAsync("lobby", Cancel)).Select(draw => draw.Id));

        await draws.PrepareAsync("stage", 1, new DrawFilter(), "ada", Cancel);

        Assert.Empty(await draws.ListAsync("lobby", Cancel));
        Assert.Equal(DrawStore.Most, (await draws.ListAsync("stage", Cancel)).Count);
        Assert.Null(await draws.DrawAsync("lobby", first.Id, "ada", Cancel));
    }

    [Fact]
    public async Task DrawAsync_MoreCandidatesThanAreKept_DrawsNobody()
    {
        using var draws = new DrawStore(Database, Engine);
        for (var i = 0; i <= DrawRules.MostCandidates; i++)
            Beat($"user-{i}");
        var id = (await draws.PrepareAsync("lobby", 1, new DrawFilter(), "ada", Cancel)).Id;

        var refused = await Assert.ThrowsAsync<StoreFullException>(() => draws.DrawAsync("lobby", id, "ada", Cancel));
        Engine.Leave("lobby", "user-0", "");

        Assert.Equal(DrawRules.MostCandidates, refused.Most);
        Assert.Equal(DrawRules.MostCandidates, (await draws.DrawAsync("lobby", id, "ada", Cancel))!.CandidateCount);
        Assert.Empty(Assert.Single(await draws.ListAsync("lobby", Cancel)).Candidates);
    }

    private void Beat(string user) => Assert.Equal(HeartbeatOutcome.Accepted, Engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = user, SessionId = "" }).Outcome);
}
