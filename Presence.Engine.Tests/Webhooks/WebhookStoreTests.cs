using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Tests.Webhooks;

public sealed class WebhookStoreTests : AdministrationTest
{
    private static readonly WebhookFilter Everything = new([], [], []);
    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator);

    [Fact]
    public async Task Acts_ThatWebhooksTell_AreInTheOutboxWithTheirTransactionOrNotAtAll()
    {
        using var store = await OpenAsync();
        var woken = 0;
        var all = await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);
        var some = await store.CreateAsync("https://b.test/", new WebhookFilter([WebhookEvents.BanLifted, WebhookEvents.PresenceDisabled], ["show-*"], []), Mia, Cancel);
        store.Woken = () => woken++;
        using var bans = new RemovalStore(Database, Engine);
        using var settings = new SettingsStore(Database, Engine);
        await settings.LoadAsync(PresenceSettings.Default, Cancel);

        await bans.RemoveAsync(new Removal("ann", "show-1", Time.GetUtcNow().AddHours(1), "spam"), Mia, Cancel);
        await bans.LiftAsync("ann", "show-1", Mia, Cancel);
        await bans.LiftAsync("ann", "lobby", Mia, Cancel); // there is none
        await settings.ChangeAsync(new SettingsChange { Settings = Engine.Settings with { Enabled = false }, By = Mia, Reason = "break" }, Cancel);
        await using (var context = Database.CreateDbContext())
        {
            await using var transaction = await context.BeginWriteAsync(Cancel);
            await context.RecordAsync(new AuditEntry(AuditActs.BanLifted, Mia) { UserId = "ben" }, Time.GetUtcNow(), Cancel);
        } // taken back

        var told = await store.PendingAsync(all.Id, 10, Cancel);
        Assert.Equal(["ban.created", "ban.lifted", "settings.changed", "presence.disabled"], told.Select(delivery => delivery.Type));
        Assert.Equal(["ban.lifted", "presence.disabled"], (await store.PendingAsync(some.Id, 10, Cancel)).Select(delivery => delivery.Type));
        var ban = JsonNode.Parse(told[0].Payload)!;
        Assert.Equal(("ban.created", "show-1", "ann", "spam", "mia@example.com"), (Text(ban["type"]), Text(ban["data"]!["roomId"]), Text(ban["data"]!["userId"]), Text(ban["data"]!["reason"]), Text(ban["data"]!["by"])));
        Assert.Equal(Time.GetUtcNow().AddHours(1), ban["data"]!["until"]!.GetValue<DateTimeOffset>());
        Assert.Equal("""{"by":"mia@example.com","reason":"break"}""", JsonNode.Parse(told[3].Payload)!["data"]!.ToJsonString());
        Assert.Equal(told[1].EventId, (await store.PendingAsync(some.Id, 10, Cancel))[0].EventId);
        Assert.InRange(woken, 3, 10);
    }

    [Fact]
    public async Task Events_ForAnEndpointOfSomeRooms_AreThoseOfRoomsItNames()
    {
        using var store = await OpenAsync();
        var endpoint = await store.CreateAsync("https://a.test/", new WebhookFilter([], ["lobby", "show-*"], []), Mia, Cancel);

        await WriteAsync([.. ((string[])["lobby", "lobby-2", "show-1", "show", "other"]).Select(room => WebhookEvents.Live(room, 1, Time.GetUtcNow()))]);

        Assert.Equal(["lobby", "show-1"], (await store.PendingAsync(endpoint.Id, 10, Cancel)).Select(delivery => delivery.RoomId));
    }

    [Fact]
    public async Task Events_AboveTheCap_AreCountedAndToldAsAGap()
    {
        using var store = await OpenAsync();
        var endpoint = await store.CreateAsync("https://a.test/", new WebhookFilter([WebhookEvents.RoomLive, WebhookEvents.RoomEmpty], [], []), Mia, Cancel);
        await WriteAsync([.. Enumerable.Range(0, WebhookStore.MostPending - 1).Select(number => WebhookEvents.Live($"room {number}", 1, Time.GetUtcNow()))]);

        await WriteAsync(WebhookEvents.Empty("fits", Time.GetUtcNow()), WebhookEvents.Empty("x", Time.GetUtcNow()), WebhookEvents.Live("x", 1, Time.GetUtcNow()), WebhookEvents.Empty("x", Time.GetUtcNow()));
        await DeliverAsync(store, endpoint, (WebhookStore.MostPending / 10) - 1); // not enough room to go on
        await WriteAsync(WebhookEvents.Empty("x", Time.GetUtcNow()));
        Time.Advance(TimeSpan.FromMinutes(1));
        await DeliverAsync(store, endpoint, 1);
        await WriteAsync(WebhookEvents.Live("again", 1, Time.GetUtcNow()));

        var last = (await store.ListDeliveriesAsync(endpoint.Id, null, null, null, 3, Cancel)).Reverse().ToList();
        Assert.Equal(["fits", null, "again"], last.Select(delivery => delivery.RoomId));
        Assert.Equal("""{"reason":"full","from":"2026-03-01T00:00:00.000Z","dropped":{"room.empty":3,"room.live":1}}""".Replace("2026-03-01T00:00:00.000Z", Text(JsonNode.Parse(last[1].Payload)!["data"]!["from"]), StringComparison.Ordinal), JsonNode.Parse(last[1].Payload)!["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Secret_ThatIsRotated_SignsBehindTheOldOneForADay()
    {
        using var store = await OpenAsync();
        var made = await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);

        var rotated = (await store.RotateAsync(made.Id, Mia, Cancel))!;

        Assert.NotEqual(made.Secret, rotated.Secret);
        Assert.Equal([made.Secret, rotated.Secret], rotated.SecretsAt(Time.GetUtcNow()));
        Assert.Equal([rotated.Secret], rotated.SecretsAt(Time.GetUtcNow() + WebhookStore.RotationFor));
        using var again = await OpenAsync();
        Assert.Equal(rotated.SecretsAt(Time.GetUtcNow()), again.Find(made.Id)!.SecretsAt(Time.GetUtcNow()));
        Assert.DoesNotContain(made.Secret["whsec_".Length..], string.Concat((await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel)).Select(act => act.Object + act.Old + act.New)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_OverItsLife_IsRecordedAndKept()
    {
        using var store = await OpenAsync();
        var made = await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);
        await store.ChangeAsync(made.Id, "https://b.test/", new WebhookFilter([WebhookEvents.RoomAbove], ["a b", "show-*"], [5, 10]), Mia, Cancel);
        await store.SetPausedAsync(made.Id, isPaused: true, Mia, Cancel);
        await store.SetPausedAsync(made.Id, isPaused: true, Mia, Cancel); // it is
        await store.SetPausedAsync(made.Id, isPaused: false, Mia, Cancel);
        await store.StopAsync(made.Id, WebhookState.Disabled, "It answered 410 Gone.", Cancel);
        await WriteAsync(WebhookEvents.Threshold(WebhookEvents.RoomAbove, "a b", 5, 5, Time.GetUtcNow())); // for nobody

        using var again = await OpenAsync();
        var kept = Assert.Single(again.List());
        Assert.Equal(("https://b.test/", WebhookState.Disabled, "It answered 410 Gone."), (kept.Url, kept.State, kept.Problem));
        Assert.Equal((1, 2, 2), (kept.Filter.Events.Count, kept.Filter.Rooms.Count, kept.Filter.Thresholds.Count));
        Assert.Empty(await store.PendingAsync(made.Id, 10, Cancel));
        Assert.True(await store.DeleteAsync(made.Id, Mia, Cancel));
        Assert.False(await store.DeleteAsync(made.Id, Mia, Cancel));
        Assert.Equal(
            ["webhook.deleted", "webhook.disabled", "webhook.resumed", "webhook.paused", "webhook.changed", "webhook.created"],
            (await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel)).Select(act => act.Act));
        for (var number = 0; number < WebhookStore.Most; number++)
            await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);
        await Assert.ThrowsAsync<StoreFullException>(() => store.CreateAsync("https://a.test/", Everything, Mia, Cancel));
    }

    [Fact]
    public async Task Log_KeepsTheLatestForAWeekAndWhatWaits()
    {
        using var store = await OpenAsync();
        var endpoint = await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);
        await WriteAsync([.. Enumerable.Range(0, WebhookStore.MostFinished + 7).Select(number => WebhookEvents.Live($"{number}", 1, Time.GetUtcNow()))]);
        await DeliverAsync(store, endpoint, WebhookStore.MostFinished + 5);

        await store.PruneAsync(Cancel);
        Assert.Equal((WebhookStore.MostFinished, 2), (await CountAsync(WebhookDeliveryState.Delivered), await CountAsync(WebhookDeliveryState.Pending)));
        Assert.Null(await store.ResendAsync(endpoint.Id, 1, Mia, Cancel)); // gone
        var again = await store.ResendAsync(endpoint.Id, 100, Mia, Cancel);
        var pending = await store.PendingAsync(endpoint.Id, 10, Cancel);
        Assert.Equal((again!.Value, "99"), (pending[^1].Id, pending[^1].RoomId));
        Assert.Null(await store.ResendAsync(endpoint.Id, again.Value, Mia, Cancel)); // it waits
        Time.Advance(WebhookStore.KeptFor + TimeSpan.FromSeconds(1));
        await store.PruneAsync(Cancel);

        Assert.Equal((0, 3), (await CountAsync(WebhookDeliveryState.Delivered), await CountAsync(WebhookDeliveryState.Pending)));
    }

    [Fact]
    public async Task Answer_ThatComesAfterTheErasure_IsNotKept()
    {
        using var store = await OpenAsync();
        var endpoint = await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);
        using var bans = new RemovalStore(Database, Engine);
        await bans.RemoveAsync(new Removal("ann", "lobby", Time.GetUtcNow().AddHours(1), "spam"), Mia, Cancel);
        var inFlight = (await store.PendingAsync(endpoint.Id, 1, Cancel))[0];

        await using (var context = Database.CreateDbContext())
            Assert.Equal(1, await WebhookStore.EraseAsync(context, "ann", Cancel));
        var waits = (await store.PendingAsync(endpoint.Id, 1, Cancel))[0];
        await store.SaveAsync(endpoint.Id, [Attempt(inFlight, "no ann here")], failingSince: null, Cancel);

        Assert.Equal((inFlight.Id, inFlight.EventId), (waits.Id, waits.EventId));
        Assert.DoesNotContain("ann", waits.Payload, StringComparison.Ordinal);
        Assert.Equal((true, true, false), (JsonNode.Parse(waits.Payload)!["data"]!["erased"]!.GetValue<bool>(), JsonNode.Parse(waits.Payload)!["data"]!.AsObject().ContainsKey("userId"), waits.Payload.Contains("spam", StringComparison.Ordinal)));
        var over = (await store.ListDeliveriesAsync(endpoint.Id, WebhookDeliveryState.Delivered, null, null, 1, Cancel))[0];
        Assert.Null(over.Answer);
    }

    [Fact]
    public async Task Reader_TellsWhatHappensAndNothingTwiceOverARestart()
    {
        using var store = await OpenAsync();
        using (var reader = new WebhookReader(Database, Engine, store))
        {
            Beat("early");
            await reader.PassAsync(Cancel); // nobody listens
            await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);
            await reader.PassAsync(Cancel); // from here on
            Beat("ann");
            Beat("ben", "side");
            Engine.Leave("lobby", "ann", "s1");
            await reader.PassAsync(Cancel);
            await reader.PassAsync(Cancel);
        }
        Assert.Equal(["viewer.joined lobby", "room.live side", "viewer.joined side", "viewer.left lobby", "room.peak lobby"], await ToldAsync());
        using (var reader = new WebhookReader(Database, Engine, store))
        {
            await reader.PassAsync(Cancel);
            Assert.Equal(5, (await ToldAsync()).Count);
        }
        Engine.Leave("side", "ben", "s1");
        Beat("cat");
        using (var reader = new WebhookReader(Database, Engine, store))
            await reader.PassAsync(Cancel);

        Assert.Equal(["gap ", "room.peak side", "room.empty side", "viewers.counted lobby"], (await ToldAsync()).Skip(5));
    }

    [Fact]
    public async Task Reader_WhileTheDiskIsHeld_LosesNothing()
    {
        using var store = await OpenAsync();
        await store.CreateAsync("https://a.test/", Everything, Mia, Cancel);
        using var reader = new WebhookReader(Database, Engine, store);
        await reader.PassAsync(Cancel);
        Beat("ann");

        using (await Database.Gate.EnterAsync(Cancel))
            await Assert.ThrowsAsync<StorageBusyException>(() => reader.PassAsync(Cancel));
        await reader.PassAsync(Cancel);

        Assert.Equal(["room.live lobby", "viewer.joined lobby"], await ToldAsync());
    }

    [Fact]
    public async Task Reader_WithoutAnEndpointForTheFeed_ReadsAndWritesNothing()
    {
        using var store = await OpenAsync();
        await store.CreateAsync("https://a.test/", new WebhookFilter([WebhookEvents.BanCreated], [], []), Mia, Cancel);
        using var reader = new WebhookReader(Database, Engine, store);
        await reader.PassAsync(Cancel);
        await using var context = Database.CreateDbContext();
        Beat("ann");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var pass = reader.PassAsync(Cancel);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(pass.IsCompletedSuccessfully);
        Assert.InRange(allocated, 0, 1_000);
        Assert.Equal(0, await context.Set<WebhookRoomRecord>().CountAsync(Cancel));
        Assert.Empty(await ToldAsync());
    }

    [Fact]
    public async Task Broadcast_FromItsFirstViewerToItsSummary_IsToldWithIt()
    {
        using var store = await OpenAsync();
        var endpoint = await store.CreateAsync("https://a.test/", new WebhookFilter([WebhookEvents.BroadcastStarted, WebhookEvents.BroadcastEnded], [], []), Mia, Cancel);
        using var history = new HistorySettingsStore(Database);
        await history.LoadAsync(Cancel);
        using var broadcasts = new BroadcastStore(Database, Engine, history);
        await broadcasts.LoadAsync(Cancel);
        Beat("ann");
        await broadcasts.PassAsync(Cancel);
        await broadcasts.PassAsync(Cancel);
        Engine.Leave("lobby", "ann", "s1");
        await broadcasts.PassAsync(Cancel);

        Time.Advance(history.Current.EmptyGap + TimeSpan.FromMinutes(1));
        await broadcasts.PassAsync(Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));
        await broadcasts.PassAsync(Cancel);

        var told = await store.PendingAsync(endpoint.Id, 10, Cancel);
        Assert.Equal([WebhookEvents.BroadcastStarted, WebhookEvents.BroadcastEnded], told.Select(delivery => delivery.Type));
        Assert.Equal("empty", Text(JsonNode.Parse(told[1].Payload)!["data"]!["end"]));
        Assert.Equal(JsonNode.Parse(told[0].Payload)!["data"]!["broadcastId"]!.ToJsonString(), JsonNode.Parse(told[1].Payload)!["data"]!["broadcastId"]!.ToJsonString());
    }

    private async Task<WebhookStore> OpenAsync()
    {
        var store = new WebhookStore(Database);
        await store.ReloadAsync(Cancel);
        return store;
    }

    private async Task WriteAsync(params IReadOnlyList<WebhookEvent> events)
    {
        await using var context = Database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(Cancel);
        context.WriteEvents(events, Time.GetUtcNow());
        await transaction.CommitAsync(Cancel);
    }

    private async Task DeliverAsync(WebhookStore store, WebhookEndpoint endpoint, int count) =>
        await store.SaveAsync(endpoint.Id, [.. (await store.PendingAsync(endpoint.Id, count, Cancel)).Select(delivery => Attempt(delivery, ""))], failingSince: null, Cancel);

    private WebhookAttempt Attempt(WebhookDelivery delivery, string answer) =>
        new(delivery.Id, WebhookDeliveryState.Delivered, 1, Time.GetUtcNow(), Time.GetUtcNow(), 200, null, answer, TimeSpan.FromMilliseconds(5));

    private async Task<int> CountAsync(WebhookDeliveryState state)
    {
        await using var context = Database.CreateDbContext();
        return await context.WebhookDeliveries.CountAsync(delivery => delivery.State == state, Cancel);
    }

    private async Task<List<string>> ToldAsync()
    {
        await using var context = Database.CreateDbContext();
        return await context.WebhookDeliveries.OrderBy(delivery => delivery.Id).Select(delivery => delivery.Type + " " + (delivery.RoomId ?? "")).ToListAsync(Cancel);
    }

    private HeartbeatOutcome Beat(string userId, string room = "lobby") => Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = userId, SessionId = "s1" }).Outcome;

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
