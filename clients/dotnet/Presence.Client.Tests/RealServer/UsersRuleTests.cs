using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rule 37 of docs/clients.md against the product.</summary>
public sealed class UsersRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Fact]
    public async Task Rule37_WatchUsers_UserComesAndGoes_IsToldOverAStream()
    {
        await using var watched = new WatchedUsers(Device.User(), Device.UserId, "nobody");
        Assert.Equal($"-{Device.UserId} -nobody", await NextAsync(watched));

        var presence = Device.User();
        await presence.StartHeartbeatAsync();
        Assert.Equal($"+{Device.UserId} -nobody", await NextAsync(watched));
        await presence.StopHeartbeatAsync();
        await Device.AdvanceAsync(61); // no leave: online until the timeout

        Assert.Equal($"-{Device.UserId} -nobody", await NextAsync(watched));
        Assert.NotEmpty(Network.Streams); // opened again where a keep-alive of the server came late
        Assert.DoesNotContain(Network.Sent, passage => passage.Request.Path.Contains("/users/list", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rule37_WatchUsers_StreamIsRefused_IsPolled()
    {
        Network.Answer(request => request.IsStream, () => FakeServer.Refusal(404, 400400));
        await Device.User().StartHeartbeatAsync();

        await using var watched = new WatchedUsers(Device.User(), Device.UserId);

        Assert.Equal($"+{Device.UserId}", await NextAsync(watched));
        Assert.Empty(watched.Troubles);
    }

    private async Task<string> NextAsync(WatchedUsers watched)
    {
        await Device.UntilAsync(() => watched.HasNext, "who is online");
        return await watched.NextAsync();
    }
}
