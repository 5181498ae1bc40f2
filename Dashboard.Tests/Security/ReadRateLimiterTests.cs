using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Reads that look at a whole room are paced by what they look at; pages and counts are not.</summary>
public sealed class ReadRateLimiterTests : IAsyncLifetime
{
    private const string List = "/api/v1/presence/rooms/arena/users";

    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Time = _time,
            Configuration = { ["Presence:Limits:ReadsPerSecond"] = "1000", ["Presence:Limits:ReadBurst"] = "2000", ["Presence:Http:KnownProxies"] = "127.0.0.1" },
        });
        var engine = _host.Services.GetRequiredService<PresenceEngine>();
        for (var i = 0; i < 1_500; i++)
            engine.Heartbeat(new Heartbeat { RoomId = "arena", UserId = $"viewer{i}", SessionId = "" });
        engine.Sweep();
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("?search=viewer7")]
    [InlineData("?sort=name")]
    [InlineData("?state=hidden")]
    [InlineData("?sort=joined&search=x")]
    public async Task Reads_OfAWholeRoom_ArePacedByUserWhateverTheToken(string query)
    {
        var first = await _host.TokenAsync("anna", "tablet");
        var second = await _host.TokenAsync("anna", "phone");
        Assert.Equal(200, (await _host.GetAsync(List + query, first)).Status);
        Assert.Equal(200, (await _host.GetAsync(List + query, second)).Status);

        var refused = await _host.GetAsync(List + query, first);

        refused.IsRefusal(429, 400311);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Equal(429, (await _host.GetAsync(List + query, second)).Status);
        Assert.Equal(200, (await _host.GetAsync(List, first)).Status);
        Assert.Equal(200, (await _host.GetAsync(List + "?sort=joined", first)).Status);
        Assert.Equal(200, (await _host.GetAsync(List + "/count", first)).Status);
        Assert.Equal(200, (await _host.GetAsync(List + query, await _host.TokenAsync("berta"))).Status);
        _time.Advance(refused.Headers.RetryAfter!.Delta!.Value);
        Assert.Equal(200, (await _host.GetAsync(List + query, first)).Status);
    }

    [Fact]
    public async Task Reads_OfManyUsersOfOneAddress_ArePacedTogether()
    {
        var refused = 0;
        for (var i = 0; i < 16; i++)
            refused += await SearchAsync(await _host.TokenAsync($"user{i}"), "203.0.113.5") == 429 ? 1 : 0;

        Assert.Equal(2, refused); // 14 times 1,500 is the first above 20,000
        Assert.Equal(200, await SearchAsync(await _host.TokenAsync("elsewhere"), "203.0.113.6"));
    }

    [Fact]
    public async Task Reads_OfAServerKey_MayBeTenTimesAsMany()
    {
        for (var i = 0; i < 14; i++)
            Assert.Equal(200, await SearchAsync(DashboardHost.ServerKey, "203.0.113.5"));

        Assert.Equal(429, await SearchAsync(DashboardHost.ServerKey, "203.0.113.5"));
    }

    [Fact]
    public async Task Rankings_OfManyRooms_ArePacedByTheRoomsThereAre()
    {
        var engine = _host.Services.GetRequiredService<PresenceEngine>();
        for (var i = 0; i < 9_999; i++)
            engine.Heartbeat(new Heartbeat { RoomId = $"room{i}", UserId = $"viewer{i}", SessionId = "" });

        Assert.Equal(200, (await _host.GetAsync("/api/v1/presence/rooms", DashboardHost.ServerKey)).Status);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/presence/rooms", DashboardHost.ServerKey)).Status);
        (await _host.GetAsync("/api/v1/presence/rooms", DashboardHost.ServerKey)).IsRefusal(429, 400311);
    }

    private async Task<int> SearchAsync(string token, string address) =>
        (await _host.GetAsync(List + "?search=nobody", token, ("X-Forwarded-For", address))).Status;
}
