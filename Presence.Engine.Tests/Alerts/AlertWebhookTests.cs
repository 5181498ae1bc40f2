using System.Text.Json.Nodes;
using Presence.Engine.Alerts;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Tests.Alerts;

/// <summary>Alerts as webhooks: told with what is stored of them, each state once, the last one always.</summary>
public sealed class AlertWebhookTests : AdministrationTest
{
    private static readonly AlertRule AboveThree = new() { Kind = AlertKind.Above, Prefix = "show-", Amount = 3 };

    private readonly Dictionary<string, int> _viewers = [];
    private AlertWatch? _alerts;
    private string _endpointId = "";

    [Fact]
    public async Task Alert_WhileTheCountFlaps_IsToldOnceAndItsEndOnce()
    {
        await BeginAsync();

        for (var flap = 0; flap < 8; flap++)
        {
            await GoAsync("show-1", flap % 2 == 0 ? 5 : 2, TimeSpan.FromSeconds(20)); // never back for a minute
        }
        await GoAsync("show-1", 2, TimeSpan.FromMinutes(2));

        var told = await ToldAsync();
        Assert.Equal(["alert.raised show-1", "alert.over show-1"], told.Select(delivery => $"{delivery.Type} {delivery.RoomId}"));
        var (raised, over) = (Data(told[0]), Data(told[1]));
        Assert.Equal(("above", "show-", 5, 1), (raised["kind"]!.GetValue<string>(), raised["prefix"]!.GetValue<string>(), raised["now"]!.GetValue<int>(), raised["rooms"]!.GetValue<int>()));
        Assert.Equal((raised["alertId"]!.GetValue<long>(), 2), (over["alertId"]!.GetValue<long>(), over["last"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Alert_OfRoomsThatFollowAtOnce_IsFoldedAndOverWithTheLastOfThem()
    {
        await BeginAsync();

        await GoAsync("show-1", 5, TimeSpan.FromSeconds(10));
        await GoAsync("show-2", 6, TimeSpan.FromSeconds(10));
        await GoAsync("show-1", 0, TimeSpan.FromMinutes(2));
        Assert.Single(await ToldAsync());
        await GoAsync("show-2", 0, TimeSpan.FromMinutes(2));

        var told = await ToldAsync();
        Assert.Equal(["alert.raised", "alert.over"], told.Select(delivery => delivery.Type));
        Assert.Equal((1, 2), (Data(told[0])["rooms"]!.GetValue<int>(), Data(told[1])["rooms"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Alert_OverARestart_IsNotToldAgainAndItsEndIs()
    {
        await BeginAsync();
        await GoAsync("show-1", 5, TimeSpan.FromSeconds(10));
        Assert.Single(await ToldAsync());

        _alerts!.Dispose();
        await RestartAsync(); // nobody comes back
        await WatchAsync();
        await GoAsync("show-1", 0, Engine.Settings.HeartbeatInterval + TimeSpan.FromMinutes(2)); // nothing is over while the engine warms
        _alerts.Dispose();
        await RestartAsync();
        await WatchAsync();
        await GoAsync("show-1", 0, Engine.Settings.HeartbeatInterval + TimeSpan.FromMinutes(2));

        Assert.Equal(["alert.raised", "alert.over"], (await ToldAsync()).Select(delivery => delivery.Type));
    }

    [Fact]
    public async Task Alert_ThatCouldNotBeStored_IsToldOnceWhenItIs()
    {
        await BeginAsync();
        Stay("show-1", 5);

        using (await Database.Gate.EnterAsync(Cancel))
        {
            await _alerts!.PassAsync(Cancel);
            await Assert.ThrowsAsync<StorageBusyException>(() => _alerts.PassAsync(Cancel));
            Assert.Empty(await ToldAsync());
        }
        await GoAsync("show-1", 5, TimeSpan.FromSeconds(10));

        Assert.Equal("alert.raised", Assert.Single(await ToldAsync()).Type);
    }

    [Fact]
    public async Task Alert_OfARuleThatIsDeleted_IsOverForWebhooksToo()
    {
        var rule = await BeginAsync();
        await GoAsync("show-1", 5, TimeSpan.FromSeconds(10));

        await _alerts!.DeleteRuleAsync(rule.Id, "ada", Cancel);

        Assert.Equal(["alert.raised", "alert.over"], (await ToldAsync()).Select(delivery => delivery.Type));
    }

    private async Task<AlertRule> BeginAsync()
    {
        using var webhooks = new WebhookStore(Database);
        _endpointId = (await webhooks.CreateAsync("https://a.test/", new WebhookFilter([WebhookEvents.AlertRaised, WebhookEvents.AlertOver], [], []), "ada", Cancel)).Id;
        await WatchAsync();
        return (await _alerts!.SaveRuleAsync(AboveThree, "ada", Cancel))!;
    }

    private async Task WatchAsync()
    {
        _alerts = new AlertWatch(new LocalPresence(Engine), new AlertStore(Database), new WatchedArrivals(Engine, new ViewerNoteStore(Database)), Time);
        await _alerts.LoadAsync(Cancel);
    }

    /// <summary>A room has so many viewers for a time, and rules are judged meanwhile.</summary>
    private async Task GoAsync(string roomId, int viewers, TimeSpan during)
    {
        for (var passed = TimeSpan.Zero; passed < during; passed += AlertWatch.Period)
        {
            Stay(roomId, viewers);
            await _alerts!.PassAsync(Cancel);
            Time.Advance(AlertWatch.Period);
            Engine.Sweep(); // an engine that is not swept takes itself for suspended
        }
    }

    private void Stay(string roomId, int viewers)
    {
        _viewers[roomId] = viewers;
        foreach (var (room, count) in _viewers)
        {
            for (var viewer = 0; viewer < 10; viewer++)
            {
                if (viewer < count)
                    Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = $"{viewer}", SessionId = "s" });
                else
                    Engine.Leave(room, $"{viewer}", "s");
            }
        }
    }

    private async Task<IReadOnlyList<WebhookDelivery>> ToldAsync()
    {
        using var webhooks = new WebhookStore(Database);
        return await webhooks.PendingAsync(_endpointId, 10, Cancel);
    }

    private static JsonNode Data(WebhookDelivery told) => JsonNode.Parse(told.Payload)!["data"]!;
}
