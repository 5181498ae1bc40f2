using System.Text.Json.Nodes;
using Presence.Engine.Alerts;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Tests.Alerts;

/// <summary>Rules for viewers on the watch list: one alert for each arrival, over once the viewer is away.</summary>
public sealed class WatchedAlertTests : AdministrationTest
{
    private static readonly AlertRule AnyRoom = new() { Kind = AlertKind.Watched, Prefix = "" };

    private ViewerNoteStore _notes = null!;
    private WatchedArrivals _arrivals = null!;
    private AlertWatch _alerts = null!;
    private string _endpointId = "";

    [Fact]
    public async Task Arrival_WithAReload_IsOneAlertUntilTheViewerWasAwayForAMinute()
    {
        await BeginAsync(AnyRoom);

        await StayAsync("lobby", 20);
        var alert = Assert.Single(_alerts.Open);
        Assert.Equal(("lobby", "ann", ViewerFlag.Vip), (alert.RoomId, alert.UserId, alert.Flag));
        await AwayAsync("lobby", 50);
        await StayAsync("lobby", 120);
        Assert.Equal((alert.Id, 2), (Assert.Single(_alerts.Open).Id, _alerts.Open[0].Times));
        await AwayAsync("lobby", 70);
        Assert.Empty(_alerts.Open);
        await StayAsync("lobby", 10);

        Assert.Equal(["alert.raised ann vip", "alert.over ann vip", "alert.raised ann vip"], await ToldAsync());
    }

    [Fact]
    public async Task Arrivals_AtOnceInSeveralRooms_AreOneAlertEach()
    {
        await BeginAsync(AnyRoom, AnyRoom with { Prefix = null }, AnyRoom with { Prefix = null, RoomId = "stage" });

        Beat("stage", "ann");
        await StayAsync("lobby", 10);

        Assert.Equal(["lobby", "stage"], _alerts.Open.Select(alert => alert.RoomId!).Order()); // what one rule tells, the others do not
        Assert.All(_alerts.Open, alert => Assert.Equal(1, alert.Rooms));
    }

    [Fact]
    public async Task Arrival_ThatTheRuleIsNotFor_IsNotTold()
    {
        await BeginAsync(AnyRoom with { Prefix = "show-" }, AnyRoom with { Prefix = null, RoomId = "stage" }, AnyRoom with { Flag = ViewerFlag.Trouble }, AnyRoom with { IsOn = false });

        Engine.Heartbeat(new Heartbeat { RoomId = "show-1", UserId = "ann", SessionId = "", IsUnlisted = true });
        Beat("show-1", "ben");
        await StayAsync("lobby", 10);
        Assert.Empty(_alerts.Open);

        await _notes.AddAsync("ann", new NoteDraft("", ViewerFlag.Trouble), "mia", Cancel);
        await StayAsync("lobby", 10); // did not arrive since
        Assert.Empty(_alerts.Open);
        await StayAsync("hall", 10);
        Assert.Equal(("hall", ViewerFlag.Trouble), (Assert.Single(_alerts.Open).RoomId, _alerts.Open[0].Flag));
    }

    [Fact]
    public async Task Arrival_BetweenTwoPasses_IsToldThoughTheViewerIsGone()
    {
        await BeginAsync(AnyRoom);

        Beat("lobby", "ann");
        Engine.Leave("lobby", "ann", "");
        await PassAsync();
        Assert.Single(_alerts.Open);
        await AwayAsync("lobby", 70);

        Assert.Equal(["alert.raised ann vip", "alert.over ann vip"], await ToldAsync());
    }

    [Fact]
    public async Task Alert_OverARestart_IsNotToldAgainAndItsEndIs()
    {
        await BeginAsync(AnyRoom);
        await StayAsync("lobby", 10);

        await RestartServerAsync();
        await StayAsync("lobby", 120);
        Assert.Single(_alerts.Open);
        await RestartServerAsync();
        await AwayAsync("lobby", (int)Engine.Settings.HeartbeatInterval.TotalSeconds + 120);

        Assert.Equal(["alert.raised ann vip", "alert.over ann vip"], await ToldAsync());
    }

    [Fact]
    public async Task EraseAsync_OpenAlert_IsOverAndNamesNobody()
    {
        await BeginAsync(AnyRoom);
        await StayAsync("lobby", 10);

        await _notes.EraseAsync("ann", Cancel);
        await _alerts.EraseAsync("ann", Cancel);
        await StayAsync("lobby", 120);

        Assert.Empty(_alerts.Open);
        var stored = Assert.Single(await new AlertStore(Database).ListAsync(isOpen: null, before: null, 10, Cancel));
        Assert.Equal((null, false), (stored.UserId, stored.IsOpen));
        Assert.Equal(["alert.raised ann vip", "alert.over  vip"], await ToldAsync()); // the first is the outbox's to erase
    }

    [Fact]
    public void Arrivals_MoreThanTheLimit_AreNotTold()
    {
        var book = new AlertBook([], 1);

        book.Enter(Enumerable.Range(0, AlertBook.MostWatched + 1).Select(user => new AlertStep(AnyRoom, "lobby", AlertStepKind.Raised, 0, 0) { UserId = $"{user}", Flag = ViewerFlag.Vip }), Time.GetUtcNow());

        Assert.Equal(AlertBook.MostWatched, book.Open.Count);
    }

    [Fact]
    public void Problems_FlagOfAnotherKind_IsNamed()
    {
        Assert.Empty(AlertRules.Problems(AnyRoom with { Flag = ViewerFlag.Vip }));
        Assert.Equal("flag", Assert.Single(AlertRules.Problems(AnyRoom with { Kind = AlertKind.Off, Flag = ViewerFlag.Vip })).Field);
    }

    private async Task BeginAsync(params AlertRule[] rules)
    {
        using var webhooks = new WebhookStore(Database);
        _endpointId = (await webhooks.CreateAsync("https://a.test/", new WebhookFilter([WebhookEvents.AlertRaised, WebhookEvents.AlertOver], [], []), "ada", Cancel)).Id;
        await WatchAsync();
        foreach (var rule in rules)
            await _alerts.SaveRuleAsync(rule, "ada", Cancel);
        await _notes.AddAsync("ann", new NoteDraft("", ViewerFlag.Vip), "mia", Cancel);
        await PassAsync();
    }

    private async Task WatchAsync()
    {
        _notes = new ViewerNoteStore(Database);
        await _notes.ReloadAsync(Cancel);
        _arrivals = new WatchedArrivals(Engine, _notes);
        _alerts = new AlertWatch(new LocalPresence(Engine), new AlertStore(Database), _arrivals, Time);
        await _alerts.LoadAsync(Cancel);
    }

    private async Task RestartServerAsync()
    {
        _alerts.Dispose();
        _arrivals.Dispose();
        _notes.Dispose();
        await RestartAsync();
        await WatchAsync();
        await PassAsync();
    }

    private async Task StayAsync(string roomId, int seconds)
    {
        for (var passed = 0; passed < seconds; passed += 5)
        {
            Beat(roomId, "ann");
            await PassAsync();
        }
    }

    private async Task AwayAsync(string roomId, int seconds)
    {
        Engine.Leave(roomId, "ann", "");
        for (var passed = 0; passed < seconds; passed += 5)
            await PassAsync();
    }

    private async Task PassAsync()
    {
        await _arrivals.PassAsync(Cancel);
        await _alerts.PassAsync(Cancel);
        Time.Advance(AlertWatch.Period);
        Engine.Sweep(); // an engine that is not swept takes itself for suspended
    }

    private void Beat(string roomId, string userId) => Engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "" });

    private async Task<IEnumerable<string>> ToldAsync()
    {
        using var webhooks = new WebhookStore(Database);
        return (await webhooks.PendingAsync(_endpointId, 10, Cancel)).Select(told => (told.Type, Data: JsonNode.Parse(told.Payload)!["data"]!)).Select(told => $"{told.Type} {told.Data["userId"]} {told.Data["flag"]}").ToArray();
    }
}
