namespace Presence.Client.Tests.RealServer;

/// <summary>Tests of rules with a device, a user and a room of their own each, against the server all of them share.</summary>
[Collection(nameof(ScriptedServer))]
public abstract class ScriptedTests : IAsyncLifetime
{
    protected ScriptedTests(ScriptedServer server)
    {
        Server = server;
        Device = new Device(server);
    }

    protected ScriptedServer Server { get; }

    protected string RoomId => Device.RoomId;

    private protected Device Device { get; }

    private protected TroubledNetwork Network => Device.Network;

    /// <summary>What the test before this one left open is not counted in it.</summary>
    public ValueTask InitializeAsync() => new(Server.UntilNoStreamIsOpenAsync());

    public ValueTask DisposeAsync()
    {
        Device.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected Task<RoomCount> CountAsync(string? roomId = null) => Server.Backend.GetRoomUserCountAsync(roomId ?? RoomId);

    /// <summary>The one viewer of the room.</summary>
    protected async Task<RoomViewer> ViewerAsync() => Assert.Single(await Server.ViewersAsync(RoomId));

    /// <summary>Others come to the room, for a timeout.</summary>
    protected async Task JoinAsync(params string[] userIds)
    {
        var receipt = await Server.Backend.SendHeartbeatsAsync(userIds.Select(userId => new Client.Server.UserHeartbeat(RoomId, userId)));
        Assert.Empty(receipt.Rejected);
    }
}
