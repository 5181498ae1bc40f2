using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>What is kept in memory, changed by somebody else in the database: a reload brings what came, what changed and what went.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private PresenceDatabase _database = null!;
    private PresenceEngine _here = null!;
    private PresenceEngine _elsewhere = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await _folder.OpenAsync(_time);
        _here = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        _elsewhere = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
    }

    public async ValueTask DisposeAsync()
    {
        _here.Dispose();
        _elsewhere.Dispose();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ServerKeys_MadeAndRevokedElsewhere_AreKnownAndCachesHearOfIt()
    {
        using var here = new ServerKeyStore(_database);
        using var elsewhere = new ServerKeyStore(_database);
        var key = await elsewhere.CreateAsync(Key(1), Cancel);
        await here.ReloadAsync(Cancel);
        Assert.Equal(key.Id, here.Find(Key(1).Hash)?.Id);
        var version = here.Version;

        await elsewhere.RevokeAsync(key.Id, "them", Cancel);
        await here.ReloadAsync(Cancel);

        Assert.False(here.Find(Key(1).Hash)!.IsUsableAt(_time.GetUtcNow()));
        Assert.True(here.Version > version);
    }

    [Fact]
    public async Task RevokedTokens_RevokedElsewhere_AreRevoked()
    {
        var (here, elsewhere) = (new RevokedTokens(_database, most: 2), new RevokedTokens(_database));
        var version = here.Version;
        await elsewhere.RevokeAsync("one", _time.GetUtcNow().AddDays(1), Cancel);
        await elsewhere.RevokeAsync("two", _time.GetUtcNow().AddDays(1), Cancel);

        await here.ReloadAsync(Cancel);
        await here.ReloadAsync(Cancel); // counts nothing twice

        Assert.True(here.Contains("one") && here.Contains("two"));
        Assert.True(here.Version > version);
        await Assert.ThrowsAsync<StoreFullException>(() => here.RevokeAsync("three", _time.GetUtcNow().AddDays(1), Cancel));
    }

    [Fact]
    public async Task PublicLinks_ChangedElsewhere_LeadWhereTheyDoThere()
    {
        using var here = new PublicLinkStore(_database);
        using var elsewhere = new PublicLinkStore(_database);
        var same = await elsewhere.MakeAsync("same", showsNames: false, "them", Cancel);
        var former = await elsewhere.MakeAsync("replaced", showsNames: false, "them", Cancel);
        var revoked = await elsewhere.MakeAsync("revoked", showsNames: false, "them", Cancel);
        await here.ReloadAsync(Cancel);
        var known = here.Find(same.Code);

        var next = await elsewhere.MakeAsync("replaced", showsNames: true, "them", Cancel);
        await elsewhere.RevokeAsync("revoked", "ada", Cancel);
        await here.ReloadAsync(Cancel);

        Assert.Same(known, here.Find(same.Code));
        Assert.Equal(next, here.Find(next.Code));
        Assert.Null(here.Find(former.Code));
        Assert.Null(here.Find(revoked.Code));
        Assert.Null(here.FindOfRoom("revoked"));
    }

    [Fact]
    public async Task ShareLinks_ChangedElsewhere_LeadWhereTheyDoThere()
    {
        using var here = new ShareLinkStore(_database);
        using var elsewhere = new ShareLinkStore(_database);
        var kept = await elsewhere.MakeAsync("kept", ShareLinkKind.Page, showsNames: false, "them", Cancel);
        var revoked = await elsewhere.MakeAsync("revoked", ShareLinkKind.Page, showsNames: false, "them", Cancel);
        await here.ReloadAsync(Cancel);
        var known = here.Find(kept.Token);
        Assert.NotNull(here.Find(revoked.Token));

        await elsewhere.RevokeAsync(revoked.Link.Id, "ada", Cancel);
        await here.ReloadAsync(Cancel);

        Assert.Same(known, here.Find(kept.Token));
        Assert.Null(here.Find(revoked.Token));
        Assert.False(here.IsInForce(revoked.Link.Id));
    }

    [Fact]
    public async Task Catalogue_ChangedElsewhere_IsInForce()
    {
        using var here = new RoomStore(_database, _here);
        using var elsewhere = new RoomStore(_database, _elsewhere);
        await elsewhere.DefineAsync("ended", new RoomDefinition { Title = "Ended" }, "them", null, Cancel);
        await elsewhere.DefineAsync("gone", new RoomDefinition { Title = "Gone" }, "them", null, Cancel);
        await here.ReloadAsync(Cancel);
        Assert.Equal("Gone", _here.Definition("gone").Title);
        Beat("ended");

        await elsewhere.DefineAsync("ended", new RoomDefinition { Title = "Ended", Status = RoomStatus.Ended }, "them", null, Cancel);
        await elsewhere.ForgetAsync("gone", "them", null, Cancel);
        await here.ReloadAsync(Cancel);

        Assert.Equal(0, _here.Count("ended").Viewers);
        Assert.Equal(RoomDefinition.Unknown, _here.Definition("gone"));
        var version = _here.CatalogueVersion;
        await here.ReloadAsync(Cancel);
        Assert.Equal(version, _here.CatalogueVersion); // no room looks again where nothing changed
    }

    [Fact]
    public async Task Bans_ChangedElsewhere_AreInForce()
    {
        using var here = new RemovalStore(_database, _here);
        using var elsewhere = new RemovalStore(_database, _elsewhere);
        await elsewhere.RemoveAsync(new Removal("lifted", "lobby", _time.GetUtcNow().AddHours(1), null), "them", Cancel);
        await here.ReloadAsync(Cancel);
        Assert.NotNull(_here.RemovalOf("lifted", "lobby"));
        Beat("lobby", "banned");

        await elsewhere.LiftAsync("lifted", "lobby", "ada", Cancel);
        await elsewhere.RemoveAsync(new Removal("banned", null, _time.GetUtcNow().AddHours(1), "spam"), "them", Cancel);
        await here.ReloadAsync(Cancel);

        Assert.Null(_here.RemovalOf("lifted", "lobby"));
        Assert.Equal("spam", _here.RemovalOf("banned", "lobby")?.Reason);
        Assert.Equal(0, _here.Count("lobby").Viewers);
    }

    [Fact]
    public async Task SwitchesAndChannels_ChangedElsewhere_AreInForce()
    {
        using var switches = new UserPresenceSettingStore(_database, _here);
        using var switchesElsewhere = new UserPresenceSettingStore(_database, _elsewhere);
        using var channels = new ChannelStore(_database, _here);
        using var channelsElsewhere = new ChannelStore(_database, _elsewhere);
        await switchesElsewhere.SetAsync("ada", enabled: false, Cancel);
        await channelsElsewhere.SetMembersAsync("crew", ["ada", "ben"], Cancel);
        await switches.ReloadAsync(Cancel);
        await channels.ReloadAsync(Cancel);
        Assert.Equal((true, false, 2), (_here.IsOptedOut("ada"), switches.Read("ada").Enabled, _here.MembersOf(["crew"])));

        await switchesElsewhere.SetAsync("ada", enabled: true, Cancel);
        await channelsElsewhere.SetMembersAsync("crew", [], Cancel);
        await switches.ReloadAsync(Cancel);
        await channels.ReloadAsync(Cancel);

        Assert.Equal((false, true, 0), (_here.IsOptedOut("ada"), switches.Read("ada").Enabled, _here.MembersOf(["crew"])));
    }

    [Fact]
    public async Task Settings_ChangedElsewhere_AreInForce()
    {
        using var here = new SettingsStore(_database, _here);
        using var elsewhere = new SettingsStore(_database, _elsewhere);
        await here.LoadAsync(PresenceSettings.Default, Cancel);
        await elsewhere.LoadAsync(PresenceSettings.Default, Cancel);

        await elsewhere.ChangeAsync(new SettingsChange { Settings = _elsewhere.Settings with { Enabled = false }, By = "them" }, Cancel);
        await here.LoadAsync(PresenceSettings.Default, Cancel);

        Assert.Equal((false, 2), (_here.Settings.Enabled, _here.Settings.Version));
    }

    private void Beat(string room, string user = "ada") =>
        Assert.Equal(HeartbeatOutcome.Accepted, _here.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = "" }).Outcome);

    private static NewServerKey Key(byte number) => new("backend", [.. Enumerable.Repeat(number, 32)], "key_", ["presence"], "them", null);
}
