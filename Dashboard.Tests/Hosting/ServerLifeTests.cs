using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>A whole life of the server as a process: interrupted, killed, started twice.</summary>
public sealed class ServerLifeTests(ServerLifeTests.Running running) : IClassFixture<ServerLifeTests.Running>
{
    [Fact]
    public async Task Interrupted_EndsCleanlyAndViewersComeBack()
    {
        using var folder = new TemporaryFolder();
        await using (var server = await DashboardProcess.StartAsync(folder.Path))
        {
            await server.BeatAsync("lobby", "ada");

            Assert.Equal(0, await server.InterruptAsync());
        }

        await using var again = await DashboardProcess.StartAsync(folder.Path);
        Assert.Equal(1, await again.CountAsync("lobby"));
    }

    // Linux gives a user 128 watches of files, editors and other servers included; a server that needs one does not start without.
    [Fact]
    public void Running_WatchesNoFiles()
    {
        var open = Directory.EnumerateFiles($"/proc/{running.Server.Id}/fd").Select(handle => new FileInfo(handle).LinkTarget);

        Assert.DoesNotContain(open, target => target?.Contains("inotify", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Killed_InABroadcast_ViewersComeBackAndHistoryIsWhole()
    {
        using var folder = new TemporaryFolder();
        JsonNode before;
        await using (var server = await DashboardProcess.StartAsync(folder.Path))
        {
            await server.BeatAsync("lobby", "ben");
            await server.BeatAsync("lobby", "ada");
            using var ban = await server.SendAsync(HttpMethod.Post, "/api/v1/admin/rooms/lobby/removals", new JsonObject { ["userId"] = "ben", ["durationSeconds"] = 3_600 });
            Assert.True(ban.IsSuccessStatusCode, await ban.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            await server.UntilStoredAsync(1);
            before = await server.UntilAsync("/api/v1/admin/broadcasts?roomId=lobby", found => found["broadcasts"]!.AsArray().Count > 0);
            await server.UntilAsync("/api/v1/admin/users/ben/visits", found => found["visits"]!.AsArray().Count > 0);

            server.Kill();
        }

        await using var again = await DashboardProcess.StartAsync(folder.Path);
        Assert.Equal(1, await again.CountAsync("lobby"));
        var broadcast = Assert.Single((await again.ReadAsync("/api/v1/admin/broadcasts?roomId=lobby"))["broadcasts"]!.AsArray())!;
        Assert.Equal(before["broadcasts"]![0]!["broadcastId"]!.ToString(), broadcast["broadcastId"]!.ToString());
        Assert.Equal(before["broadcasts"]![0]!["startedAt"]!.ToString(), broadcast["startedAt"]!.ToString());
        Assert.Null(broadcast["endedAt"]);
        var visit = Assert.Single((await again.ReadAsync("/api/v1/admin/users/ben/visits"))["visits"]!.AsArray())!;
        Assert.Equal("removed", visit["reason"]!.ToString());
        const string OfTheRoom = """ FROM "Minutes" WHERE "Step" = 0 AND "RoomNo" > 0""";
        Assert.Equal((2, 1), (again.ReadStored($"SELECT sum(\"Joins\") {OfTheRoom}"), again.ReadStored($"SELECT sum(\"Removed\") {OfTheRoom}"))); // from visits: the minute was in memory
    }

    [Fact]
    public async Task SecondOnTheSameFolder_EndsWithOneMessageAndExitCode1()
    {
        await using var second = DashboardProcess.Launch(running.Folder.Path);

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains("in use by another process", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output + second.Errors, StringComparison.Ordinal);
        await running.Server.BeatAsync("lobby", "ada");
        Assert.Equal(1, await running.Server.CountAsync("lobby"));
    }

    /// <summary>A server that runs on: nothing here ends it.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal TemporaryFolder Folder { get; } = new();

        internal DashboardProcess Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await DashboardProcess.StartAsync(Folder.Path);

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Folder.Dispose();
        }
    }
}
