using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Whether users are online, over a stream.</summary>
public sealed class UsersStreamTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    private EventStreams Streams => _host.Services.GetRequiredService<EventStreams>();

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time, Configuration = { ["Presence:Limits:StreamsPerPrincipal"] = "2" } });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Stream_OfUsers_TellsThemAllThenWhoGoesOnlineAndOffline()
    {
        var anna = await BeatAsync("anna");
        await using var stream = await OpenAsync("?ids=anna,berta");

        var snapshot = await stream.NextAsync();
        await BeatAsync("berta");
        var online = await NextAsync(stream);
        while (_time.GetUtcNow() < Start.AddSeconds(55))
        {
            Pass(); // anna goes on, berta does not
            await _host.PostAsync("/api/v1/presence/heartbeat", anna);
        }
        var offline = await NextAsync(stream);

        Assert.Equal("snapshot", snapshot.Name);
        Assert.Equal($$"""{"users":[{"userId":"anna","online":true,"lastHeartbeat":"{{Start:yyyy-MM-ddTHH:mm:ss.fff}}Z"},{"userId":"berta","online":false}]}""", snapshot.Data.ToJsonString());
        Assert.Equal(("presence", "berta", true), (online.Name, online.UserId, online.Data["online"]!.GetValue<bool>()));
        Assert.NotNull(online.Data["lastHeartbeat"]);
        Assert.Equal("presence", offline.Name);
        Assert.Equal("""{"userId":"berta","online":false}""", offline.Data.ToJsonString());
    }

    [Fact]
    public async Task Stream_ResumedAfterARestart_TellsWhatChangedMeanwhileAlone()
    {
        await BeatAsync("anna");
        string place;
        await using (var stream = await OpenAsync("?ids[]=anna&ids[]=berta"))
            place = (await stream.NextAsync()).Place!;
        await _host.RestartAsync();
        await BeatAsync("berta");
        await BeatAsync("anna");

        await using var resumed = await OpenAsync("?ids[]=anna&ids[]=berta", place);
        await using var others = await OpenAsync("?ids[]=berta&ids[]=anna", place);

        Assert.Equal("""{"userId":"berta","online":true}""", WithoutHeartbeat(await resumed.NextAsync()));
        Assert.Equal("snapshot", (await others.NextAsync()).Name);
    }

    [Fact]
    public async Task Stream_ResumedWhenNothingChanged_BeginsWithASnapshot()
    {
        await using var stream = await OpenAsync("?ids=anna");
        var place = (await stream.NextAsync()).Place!;

        await using var resumed = await OpenAsync("?ids=anna", place);

        Assert.Equal(("snapshot", place), ((await resumed.NextAsync()) is var first ? first.Name : "", first.Place));
    }

    [Fact]
    public async Task Stream_OfAUserWhoHides_ShowsItOfflineToOthersAlone()
    {
        var anna = await BeatAsync("anna");
        await using var others = await OpenAsync("?ids=anna");
        await others.NextAsync();

        await _host.SendAsync(HttpMethod.Put, "/api/v1/presence/settings/user", anna, """{"enabled":false}""");

        Assert.Equal("""{"userId":"anna","online":false}""", (await NextAsync(others)).Data.ToJsonString());
        await using var own = await OpenAsync("?ids=anna", token: anna);
        Assert.True((await own.NextAsync()).Data["users"]![0]!["online"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("", "ids must name 1 to 100 users")]
    [InlineData("?ids=,", "ids must name 1 to 100 users")]
    [InlineData("?ids=..", "ids: ")]
    [InlineData("?ids=anna&since=nonsense", "since must be the id of an event of this stream")]
    [InlineData("?ids=anna&since=.", "since must be the id of an event of this stream")]
    public async Task Stream_AskedForAgainstARule_IsRefused(string query, string message)
    {
        var answer = await RefusedAsync(query);

        answer.IsRefusal(422, 400000);
        Assert.StartsWith(message, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OfMoreThan100Users_IsRefused()
    {
        static string Ids(int count) => "?ids=" + string.Join(',', Enumerable.Range(0, count));

        await using (var most = await OpenAsync(Ids(StreamEndpoints.MostUsers)))
            Assert.Equal(100, (await most.NextAsync()).Data["users"]!.AsArray().Count);
        (await RefusedAsync(Ids(StreamEndpoints.MostUsers + 1))).IsRefusal(422, 400000);
    }

    [Fact]
    public async Task Stream_BeyondThoseOfACaller_IsRefusedAndItsPlaceComesBack()
    {
        var token = await _host.TokenAsync("reader");
        await using (await OpenAsync("?ids=a", token: token))
        await using (await OpenAsync("?ids=b", token: token))
            (await RefusedAsync("?ids=c", token)).IsRefusal(429, 499602);
        await Eventually.TrueAsync(() => Streams.Count == 0, "the streams are closed");

        await using var again = await OpenAsync("?ids=c", token: token);
        Assert.Equal("snapshot", (await again.NextAsync()).Name);
    }

    [Fact]
    public async Task Stream_WhenPresenceIsSwitchedOffOrItsReaderIsBanned_Ends()
    {
        await using var banned = await OpenAsync("?ids=anna", token: await _host.TokenAsync("banned"));
        await using var other = await OpenAsync("?ids=anna");
        await banned.NextAsync();
        await other.NextAsync();

        await _host.PostAsync("/api/v1/admin/removals", DashboardHost.ServerKey, """{"userId":"banned","durationSeconds":600}""");
        await Eventually.TrueAsync(() => Passed(() => Streams.Count == 1), "the stream of who was banned ends");
        await _host.ChangeSettingsAsync(enabled: false);
        await Eventually.TrueAsync(() => Passed(() => Streams.Count == 0), "the other stream ends");

        await banned.EndAsync();
        await other.EndAsync();
        (await RefusedAsync("?ids=anna")).IsRefusal(403, 400300);
    }

    private static DateTimeOffset Start { get; } = new ManualTimeProvider().GetUtcNow();

    private static string WithoutHeartbeat(StreamEvent told)
    {
        told.Data.AsObject().Remove("lastHeartbeat");
        return told.Data.ToJsonString();
    }

    private async Task<string> BeatAsync(string userId)
    {
        var token = await _host.TokenAsync(userId);
        Assert.Equal(202, (await _host.PostAsync("/api/v1/presence/heartbeat", token)).Status);
        return token;
    }

    /// <summary>The next event, which time has to pass for.</summary>
    private async Task<StreamEvent> NextAsync(StreamClient stream)
    {
        var next = stream.NextAsync();
        await Eventually.TrueAsync(() => Passed(() => next.IsCompleted), "an event");
        return await next;
    }

    private bool Passed(Func<bool> isSo)
    {
        if (isSo())
            return true;
        Pass();
        return false;
    }

    private void Pass()
    {
        _time.Advance(TimeSpan.FromMilliseconds(250));
        _host.Services.GetRequiredService<Engine.PresenceEngine>().Sweep();
    }

    private Task<StreamClient> OpenAsync(string query, string? lastEventId = null, string token = DashboardHost.ServerKey) => StreamClient.OpenUsersAsync(_host, query, token, lastEventId);

    private Task<Answer> RefusedAsync(string query, string token = DashboardHost.ServerKey) => StreamClient.RefusedUsersAsync(_host, query, token);
}
