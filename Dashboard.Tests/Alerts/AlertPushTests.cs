using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Moderation;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Alerts;

/// <summary>Alerts on their way to a device, through a push service that checks who sends and a browser that decrypts.</summary>
public sealed class AlertPushTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RememberedPins _values = new();
    private PushReceiver _phone = null!;
    private PresenceDatabase _database = null!;
    private PresenceEngine _engine = null!;
    private AlertWatch _alerts = null!;
    private VapidKeys _keys = null!;
    private PushDevices _devices = null!;
    private AlertPush _push = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Requests => _phone.Server.Requests;

    public async ValueTask InitializeAsync()
    {
        _database = new PresenceDatabase(_folder.Path, _time);
        await _database.OpenAsync(Cancel);
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        _alerts = new AlertWatch(new LocalPresence(_engine), new AlertStore(_database), new WatchedArrivals(_engine, new ViewerNoteStore(_database)), _time);
        await _alerts.LoadAsync(Cancel);
        await _alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, Prefix = "", Amount = 1 }, "ada", Cancel);
        _keys = new VapidKeys(new KeyFolder(new DashboardOptions { Data = _folder.Path }));
        _devices = new PushDevices(_values, _keys, _time);
        _push = NewPush();
        _phone = await PushReceiver.StartAsync();
        _phone.ServerKey = _keys.PublicKey;
    }

    public async ValueTask DisposeAsync()
    {
        await _phone.DisposeAsync();
        _push.Dispose();
        _alerts.Dispose();
        _engine.Dispose();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task PassAsync_AlertThatBeginsAndIsOver_ReachesTheDeviceOnceWithEach()
    {
        Assert.Null(await _devices.AddAsync("ada", _phone.Subscription()));
        await RaiseAsync("lobby");

        await _push.PassAsync(Cancel);
        await _push.PassAsync(Cancel);
        Assert.Equal(("alert-1", "lobby passed 1 viewers"), (Assert.Single(_phone.Shown).Topic, _phone.Shown[0].Title));
        Assert.Equal(_time.GetUtcNow(), (await DeviceAsync()).ReachedAt);

        await _alerts.DeleteRuleAsync(_alerts.Rules[0].Id, "ada", Cancel);
        await _push.PassAsync(Cancel);
        using var restarted = NewPush();
        await restarted.PassAsync(Cancel); // nothing is told twice

        Assert.Equal([("alert-1", "lobby passed 1 viewers"), ("alert-1", "Over: lobby passed 1 viewers")], _phone.Shown.Select(shown => (shown.Topic, shown.Title)));
        Assert.Empty(_phone.Problems);
    }

    [Theory]
    [InlineData(StatusCodes.Status404NotFound)]
    [InlineData(StatusCodes.Status410Gone)]
    public async Task PassAsync_SubscriptionThatEnded_IsListedAsEndedAndNotCalledAgain(int answer)
    {
        await _devices.AddAsync("ada", _phone.Subscription());
        _phone.Answer = answer;
        await RaiseAsync("lobby");
        await _push.PassAsync(Cancel);

        var ended = await DeviceAsync();
        Assert.Equal((_time.GetUtcNow(), null, false), (ended.EndedAt, ended.ReachedAt, _devices.CanReach(ended)));
        await _alerts.DeleteRuleAsync(_alerts.Rules[0].Id, "ada", Cancel);
        await _push.PassAsync(Cancel);
        Assert.Equal(1, Requests);

        // At its next visit, its browser subscribes anew.
        _phone.Answer = StatusCodes.Status201Created;
        Assert.Null(await _devices.AddAsync("ada", _phone.Subscription(2), replaced: ended.Endpoint));
        Assert.True(await _push.SendAsync("ada", await DeviceAsync(), AlertSignal.Test(), Cancel));
        Assert.Equal(AlertSignal.Test().Title, Assert.Single(_phone.Shown).Title);
    }

    [Fact]
    public async Task PassAsync_ServiceThatIsBusy_IsAskedAgainWhenItSays()
    {
        await _devices.AddAsync("ada", _phone.Subscription());
        _phone.Answer = StatusCodes.Status429TooManyRequests;
        await RaiseAsync("lobby");
        await _push.PassAsync(Cancel);
        _phone.Answer = StatusCodes.Status201Created;
        _time.Advance(TimeSpan.FromSeconds(59));
        await _push.PassAsync(Cancel);
        Assert.Equal(1, Requests);

        _time.Advance(TimeSpan.FromSeconds(2));
        await _push.PassAsync(Cancel);

        Assert.Single(_phone.Shown);
    }

    [Fact]
    public async Task PassAsync_AlertOverBeforeItCouldBeTold_TellsTheFinalStateAlone()
    {
        await _devices.AddAsync("ada", _phone.Subscription());
        _phone.Answer = StatusCodes.Status503ServiceUnavailable;
        await RaiseAsync("lobby");
        await _push.PassAsync(Cancel);
        _phone.Answer = StatusCodes.Status201Created;
        await _alerts.DeleteRuleAsync(_alerts.Rules[0].Id, "ada", Cancel);

        await _push.PassAsync(Cancel);
        _time.Advance(TimeSpan.FromMinutes(2));
        await _push.PassAsync(Cancel);

        Assert.Equal("Over: lobby passed 1 viewers", Assert.Single(_phone.Shown).Title);
    }

    [Fact]
    public async Task PassAsync_QuietHours_SendNothingNotEvenWhatWaited()
    {
        await _devices.AddAsync("ada", _phone.Subscription());
        await SilenceAsync(TimeSpan.FromHours(1));
        await RaiseAsync("lobby");
        await _push.PassAsync(Cancel);
        Assert.Equal(0, Requests);

        await SilenceAsync(TimeSpan.Zero);
        _phone.Answer = StatusCodes.Status503ServiceUnavailable;
        _time.Advance(TimeSpan.FromMinutes(2));
        await RaiseAsync("stage");
        await _push.PassAsync(Cancel);
        Assert.Equal(1, Requests);

        await SilenceAsync(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        await _push.PassAsync(Cancel);
        Assert.Equal(1, Requests);

        Task SilenceAsync(TimeSpan span) => _values.ChangeAsync("ada", AlertPreferences.Value, preferences => preferences with { SilentUntil = _time.GetUtcNow() + span });
    }

    [Fact]
    public async Task PassAsync_AccountThatMayNotSeeTheRoom_IsNotSentIt()
    {
        await _devices.AddAsync("ada", _phone.Subscription());
        _values.Access = ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of("class-*"), observesElsewhere: false);
        await RaiseAsync("stage");
        await _push.PassAsync(Cancel);
        Assert.Equal(0, Requests);

        _time.Advance(TimeSpan.FromMinutes(2));
        await RaiseAsync("class-7a");
        await _push.PassAsync(Cancel);

        Assert.Equal(["class-7a passed 1 viewers"], _phone.Shown.Select(shown => shown.Title));
    }

    [Fact]
    public async Task PassAsync_SubscriptionOfAnotherKey_IsNotCalled()
    {
        var moved = new PushDevices(_values, new VapidKeys(new KeyFolder(new DashboardOptions { Data = Path.Combine(_folder.Path, "moved") })), _time);
        await moved.AddAsync("ada", _phone.Subscription());
        await RaiseAsync("lobby");

        await _push.PassAsync(Cancel);

        Assert.Equal(0, Requests);
        Assert.Equal((false, true), (_devices.CanReach(await DeviceAsync()), moved.CanReach(await DeviceAsync())));
    }

    [Fact]
    public async Task PassAsync_EndpointInAPrivateNetwork_IsNotCalled()
    {
        using var push = NewPush(allowed: "192.0.2.0/24");
        await _devices.AddAsync("ada", _phone.Subscription());
        await RaiseAsync("lobby");

        await push.PassAsync(Cancel);

        Assert.Empty(_phone.Server.Connections);
    }

    [Fact]
    public async Task AddAsync_SubscriptionThatIsNone_IsRefusedWithTheField()
    {
        var good = _phone.Subscription();

        Assert.StartsWith("endpoint", await _devices.AddAsync("ada", good with { Endpoint = "http://push.example.com/" }), StringComparison.Ordinal);
        Assert.StartsWith("endpoint", await _devices.AddAsync("ada", good with { Endpoint = null }), StringComparison.Ordinal);
        Assert.StartsWith("p256dh", await _devices.AddAsync("ada", good with { P256dh = Base64Url.EncodeToString([0x04, .. new byte[64]]) }), StringComparison.Ordinal); // not on the curve
        Assert.StartsWith("p256dh", await _devices.AddAsync("ada", good with { P256dh = good.P256dh![..^4] }), StringComparison.Ordinal);
        Assert.StartsWith("auth", await _devices.AddAsync("ada", good with { Auth = "" }), StringComparison.Ordinal);
        Assert.Empty(await _devices.ReadAsync("ada"));

        for (var number = 0; number < PushDevices.Most; number++)
            Assert.Null(await _devices.AddAsync("ada", good with { Endpoint = $"https://push.example.com/{number}" }));
        Assert.StartsWith("The limit of 10 devices", await _devices.AddAsync("ada", good), StringComparison.Ordinal);
        Assert.Null(await _devices.AddAsync("ada", good, replaced: "https://push.example.com/3"));
        Assert.Equal(PushDevices.Most, (await _devices.ReadAsync("ada")).Count);
    }

    [Fact]
    public void TextOf_VeryLongAlert_FitsOneRecord()
    {
        var text = AlertPush.TextOf(new AlertSignal(new string('ä', 5_000), new string('b', 5_000), "alert-1", "alerts"));

        Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, AlertPush.LongestText);
    }

    [Fact]
    public void VapidKeys_DamagedFile_IsNamed()
    {
        var folder = new KeyFolder(new DashboardOptions { Data = _folder.Path });
        Assert.Equal(_keys.PublicKey, new VapidKeys(folder).PublicKey);
        folder.Write(VapidKeys.FileName, "nonsense");

        Assert.Contains(VapidKeys.FileName, Assert.Throws<StartupException>(() => VapidKeys.Read(folder)).Message, StringComparison.Ordinal);
    }

    private AlertPush NewPush(string allowed = HostileHttpsServer.Loopback) =>
        new(new AlertStore(_database), _devices, _values, _keys, new LocalPresence(_engine), HostileHttpsServer.Guard(_time, allowed: allowed), new DashboardOptions(), _time, NullLogger<AlertPush>.Instance);

    private async Task<PushDevice> DeviceAsync() => Assert.Single(await _devices.ReadAsync("ada"));

    private async Task RaiseAsync(string room)
    {
        _engine.Sweep();
        foreach (var user in new[] { "ann", "bob" })
            _engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = "s" });
        await _alerts.PassAsync(Cancel);
        await _alerts.PassAsync(Cancel);
    }
}
