using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;

namespace Presence.Engine.Tests.Alerts;

public sealed class AlertStoreTests : AdministrationTest
{
    private static readonly AlertRule AboveOne = new() { Kind = AlertKind.Above, RoomId = "lobby", Amount = 1 };

    [Fact]
    public async Task SaveRuleAsync_MoreThanTheLimit_IsRefusedAndChangesNothing()
    {
        using var alerts = await WatchAsync();
        for (var number = 0; number < AlertRules.Most; number++)
            await alerts.SaveRuleAsync(AboveOne, "ada", Cancel);

        var refused = await Assert.ThrowsAsync<StoreFullException>(() => alerts.SaveRuleAsync(AboveOne, "ada", Cancel));

        Assert.Equal(AlertRules.Most, refused.Most);
        Assert.Equal(AlertRules.Most, alerts.Rules.Count);
        await Assert.ThrowsAsync<ArgumentException>(() => alerts.SaveRuleAsync(AboveOne with { Amount = 0 }, "ada", Cancel));
    }

    [Fact]
    public async Task SaveRuleAsync_SameValues_IsNoAct()
    {
        using var alerts = await WatchAsync();
        var rule = (await alerts.SaveRuleAsync(AboveOne, "ada", Cancel))!;

        Assert.Equal(rule, await alerts.SaveRuleAsync(rule, "bob", Cancel));
        Assert.Null(await alerts.SaveRuleAsync(AboveOne with { Id = "unknown" }, "ada", Cancel));

        Assert.Equal([AuditActs.AlertRuleCreated], (await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel)).Select(act => act.Act));
    }

    [Fact]
    public async Task DeleteRuleAsync_WithAnOpenAlert_EndsItAndTellsOnce()
    {
        using var alerts = await WatchAsync();
        var rule = (await alerts.SaveRuleAsync(AboveOne, "ada", Cancel))!;
        await RaiseAsync(alerts);
        var told = new List<Alert>();
        alerts.Changed += (_, news) => told.AddRange(news.Alerts);

        await alerts.DeleteRuleAsync(rule.Id, "ada", Cancel);
        await alerts.PassAsync(Cancel);

        Assert.False(Assert.Single(told).IsOpen);
        Assert.Empty(alerts.Open);
        Assert.False(Assert.Single(await new AlertStore(Database).ListAsync(isOpen: null, before: null, 10, Cancel)).IsOpen);
    }

    [Fact]
    public async Task AcknowledgeAsync_OpenAlert_IsKeptOverACrashAndCanBeTakenBack()
    {
        using var alerts = await WatchAsync();
        await alerts.SaveRuleAsync(AboveOne, "ada", Cancel);
        var alert = await RaiseAsync(alerts);

        Assert.Equal("bob", (await alerts.AcknowledgeAsync(alert.Id, "bob", Cancel))!.AcknowledgedBy);
        Assert.Null(await alerts.AcknowledgeAsync(99, "bob", Cancel));

        Assert.Equal("bob", Assert.Single(alerts.Open).AcknowledgedBy);
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new AlertWatch(new LocalPresence(engine), new AlertStore(database), new WatchedArrivals(engine, new ViewerNoteStore(database)), Time);
            await again.LoadAsync(Cancel);
            Assert.Equal(("bob", alert.RaisedAt), (again.Open[0].AcknowledgedBy, again.Open[0].RaisedAt));
            Assert.Equal(alerts.Rules, again.Rules);
        });
        Assert.Null((await alerts.AcknowledgeAsync(alert.Id, null, Cancel))!.AcknowledgedBy);
    }

    [Fact]
    public async Task ListUnsentAsync_Alert_ListsEachStateUntilItWasSent()
    {
        using var alerts = await WatchAsync();
        var store = new AlertStore(Database);
        var rule = (await alerts.SaveRuleAsync(AboveOne, "ada", Cancel))!;
        var alert = await RaiseAsync(alerts);

        Assert.Equal([AlertState.Raised], (await store.ListUnsentAsync(10, Cancel)).Select(unsent => unsent.State));
        await store.MarkSentAsync(alert.Id, AlertState.Raised, Cancel);
        Assert.Empty(await store.ListUnsentAsync(10, Cancel));
        await alerts.DeleteRuleAsync(rule.Id, "ada", Cancel);
        Assert.Equal([AlertState.Over], (await store.ListUnsentAsync(10, Cancel)).Select(unsent => unsent.State));
        await store.MarkSentAsync(alert.Id, AlertState.Over, Cancel);
        Assert.Empty(await store.ListUnsentAsync(10, Cancel));
    }

    [Fact]
    public async Task SaveAsync_MoreThanTheLimit_DropsTheOldestThatIsOver()
    {
        var store = new AlertStore(Database);
        await store.SaveAsync([Of(1, Time.GetUtcNow()), Of(2, overAt: null)], Cancel);

        await store.SaveAsync([Of(AlertStore.MostAlerts + 2, overAt: null)], Cancel);

        Assert.Equal([AlertStore.MostAlerts + 2, 2], (await store.ListAsync(isOpen: null, before: null, 10, Cancel)).Select(alert => alert.Id));

        Alert Of(long id, DateTimeOffset? overAt) => new() { Id = id, Rule = AboveOne, RaisedAt = Time.GetUtcNow(), OverAt = overAt };
    }

    [Fact]
    public async Task Retention_OldAlerts_AreDeletedAndOpenOnesStay()
    {
        using var alerts = await WatchAsync();
        var rule = (await alerts.SaveRuleAsync(AboveOne, "ada", Cancel))!;
        var alert = await RaiseAsync(alerts);
        using var settings = new HistorySettingsStore(Database);
        var retention = new HistoryRetention(Database, settings);
        Time.Advance(TimeSpan.FromDays(HistorySettings.Default.EventDays + 30));
        await retention.RunAsync(null, Cancel);
        Assert.Single(await new AlertStore(Database).ListAsync(isOpen: true, before: null, 10, Cancel));

        await using (var context = Database.CreateDbContext())
            await context.UpdateAsync(context.Alerts.Where(row => row.Id == alert.Id), set => set.SetProperty(row => row.OverAt, alert.RaisedAt), Cancel);
        await retention.RunAsync(null, Cancel);

        Assert.Empty(await new AlertStore(Database).ListAsync(isOpen: null, before: null, 10, Cancel));
        Assert.Equal(rule, Assert.Single(alerts.Rules));
    }

    private async Task<AlertWatch> WatchAsync()
    {
        var alerts = new AlertWatch(new LocalPresence(Engine), new AlertStore(Database), new WatchedArrivals(Engine, new ViewerNoteStore(Database)), Time);
        await alerts.LoadAsync(Cancel);
        return alerts;
    }

    private async Task<Alert> RaiseAsync(AlertWatch alerts)
    {
        Time.Advance(TimeSpan.FromSeconds(31)); // no longer warming
        foreach (var user in new[] { "ann", "bob" })
            Engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = user, SessionId = "s" });
        await alerts.PassAsync(Cancel);
        await alerts.PassAsync(Cancel);
        return Assert.Single(alerts.Open);
    }
}
