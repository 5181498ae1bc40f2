using System.Reflection;
using System.Runtime.Loader;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>The library as older platforms get it, built for .NET Standard 2.0, does the same.</summary>
public sealed class NetStandardTests
{
    private static readonly Assembly Library =
        new AssemblyLoadContext("netstandard2.0").LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "netstandard2.0", "Presence.Client.dll"));

    private readonly World _world = new();

    [Fact]
    public void Library_LoadedHere_IsTheOlderBuild()
    {
        Assert.Contains(Library.GetReferencedAssemblies(), reference => reference.Name == "netstandard");
        Assert.NotEqual(typeof(RoomPresence), Library.GetType(typeof(RoomPresence).FullName!));
    }

    [Fact]
    public async Task RoomPresence_OfTheOlderBuild_BeatsWatchesAndLeaves()
    {
        dynamic presence = Room();
        await (Task)presence.StartHeartbeatAsync(CancellationToken.None);
        _world.Advance(28.08);
        var stream = Watched.Another(_world);
        await using var counts = ((IAsyncEnumerable<int>)presence.WatchCountAsync(null, CancellationToken.None)).GetAsyncEnumerator();
        var next = counts.MoveNextAsync().AsTask();
        stream.Event("snapshot", 5);
        Assert.True(await next);
        Assert.Equal(5, counts.Current);
        Assert.Equal(3, await (Task<int>)presence.GetRoomUserCountAsync(CancellationToken.None));

        await (Task)presence.StopHeartbeatAsync(CancellationToken.None);

        Assert.Equal(2, _world.Server.Beats.Count);
        Assert.Equal("visible", (string?)_world.Server.Beats[1].Json["state"]);
        Assert.Single(_world.Server.Leaves);
    }

    [Fact]
    public async Task RoomPresence_OfTheOlderBuild_TellsRefusalsApart()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 499601, """{"until":"2026-11-22T20:00:00.000Z","reason":"spam"}"""));
        dynamic presence = Room();

        dynamic error = await Assert.ThrowsAnyAsync<Exception>(() => (Task)presence.StartHeartbeatAsync(CancellationToken.None));

        Assert.Equal(("Removed", "spam"), ($"{error.Kind}", (string)error.Reason));
    }

    private dynamic Room()
    {
        dynamic options = New("Presence.Client.RoomPresenceOptions");
        options.BaseUrl = new Uri("https://presence.test");
        options.RoomId = "lobby";
        options.Token = World.TokenOf("anna");
        options.HttpClient = _world.Http;
        options.TimeProvider = _world.Clock;
        options.App = New("Presence.Client.PresenceApp");
        return New("Presence.Client.RoomPresence", (object)options);
    }

    private static dynamic New(string type, params object[] arguments) => Activator.CreateInstance(Library.GetType(type, throwOnError: true)!, arguments)!;
}
