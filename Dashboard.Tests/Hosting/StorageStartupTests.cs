using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class StorageStartupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StopAsync_RightAfterAHeartbeat_LosesNoMembership()
    {
        await using var host = await DashboardHost.StartAsync();
        for (var i = 0; i < 20; i++)
            await host.BeatAsync("lobby", await host.TokenAsync($"user {i}"));
        Assert.Null((await host.CountAsync("lobby")).Json["warming"]); // a new server waits for nobody

        await host.RestartAsync();

        var answer = await host.CountAsync("lobby");
        Assert.Equal(20, answer.Json["count"]!.GetValue<int>());
        Assert.True(answer.Json["warming"]!.GetValue<bool>());
        Assert.Empty(host.Log.Faults);
    }

    [Fact]
    public async Task StopAsync_LastHourOfARoom_GoesOnAfterTheRestart()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.BeatAsync("lobby", await host.TokenAsync("ann"));
        var now = DateTimeOffset.UtcNow;
        host.Services.GetRequiredService<PresenceEngine>().RestoreRoomMemories(
        [
            new RoomTrendSnapshot { RoomId = "lobby", At = now, SampledAt = now, Since = now.AddHours(-1), Peak = 40, Recent = [30], Hour = [40, 35, 30], Joins = [40, 0, 0] },
        ]);

        await host.RestartAsync();

        var engine = host.Services.GetRequiredService<PresenceEngine>();
        Assert.Equal([40, 35, 30], engine.Trend("lobby").Hour.Take(3));
        Assert.Equal(40, engine.Rooms(new RoomQuery()).Rooms.Single().Peak);
    }

    [Fact]
    public async Task StopAsync_WithTenThousandRoomsInMemory_WritesEveryRoomItsLastLineAndWhoIsThere()
    {
        const int rooms = RoomTrendSnapshotStore.MostRooms;
        await using var host = await DashboardHost.StartAsync();
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        for (var room = 0; room < rooms; room++)
            engine.Heartbeat(new Heartbeat { RoomId = $"room {room}", UserId = $"user {room}", SessionId = "" });
        var now = DateTimeOffset.UtcNow;
        engine.RestoreRoomMemories(Enumerable.Range(0, rooms).Select(room => new RoomTrendSnapshot
        {
            RoomId = $"room {room}",
            At = now,
            SampledAt = now,
            Since = now.AddHours(-1),
            Peak = 20_000 + room,
            Recent = [room],
            Hour = [room + 2, room + 1, room],
            Joins = [room + 2, 0, 0],
        }));

        await host.StopAsync();
        var log = new FileInfo(Path.Combine(host.DataFolder, PresenceDatabase.FileName + "-wal"));
        Assert.True(!log.Exists || log.Length == 0, "The last checkpoint was not made.");
        await host.StartAgainAsync();

        engine = host.Services.GetRequiredService<PresenceEngine>();
        Assert.Equal(rooms, engine.CountNetwork().Viewers);
        var wrong = Enumerable.Range(0, rooms).Where(room =>
            engine.Count($"room {room}").Viewers != 1
            || engine.Room($"room {room}").Peak != 20_000 + room
            || !engine.Trend($"room {room}").Hour.Take(3).SequenceEqual([room + 2, room + 1, room]));
        Assert.Empty(wrong);
        Assert.Empty(host.Log.Faults);
    }

    [Fact]
    public async Task StartAsync_StoredSettings_AreInForceBeforeTheFirstRequest()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.Services.GetRequiredService<SettingsStore>().ChangeAsync(
            new SettingsChange
            {
                Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(45), PresenceTimeout = TimeSpan.FromSeconds(135), ListLimit = 100 },
                By = "test",
            },
            Cancel);

        await host.RestartAsync();

        Assert.Equal(TimeSpan.FromSeconds(135), host.Services.GetRequiredService<PresenceEngine>().Settings.PresenceTimeout);
        Assert.Equal(2, host.Services.GetRequiredService<PresenceEngine>().Settings.Version);
    }

    [Fact]
    public async Task StartAsync_FolderInUse_IsRefusedBeforeAnythingListens()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var second = DashboardApplication.Build(["--urls", "http://127.0.0.1:0", $"--Presence:Data={host.DataFolder}"]);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => second.StartAsync(Cancel));

        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await host.GetAsync("/health/ready")).Status);
    }

    [Theory]
    [InlineData("save")]
    [InlineData("update")]
    [InlineData("transaction")]
    public async Task Accounts_WhileOthersWrite_WaitAtTheGate(string write)
    {
        await using var host = await DashboardHost.StartAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        accounts.Add(new ModeratorAccount { UserName = "ada@example.com" });
        using var cancel = new CancellationTokenSource();
        using var lease = await host.Services.GetRequiredService<PresenceDatabase>().Gate.EnterAsync(Cancel);

        Task writing = write switch
        {
            "save" => accounts.SaveChangesAsync(cancel.Token),
            "update" => accounts.UpdateAsync(accounts.Users, set => set.SetProperty(account => account.AccessFailedCount, 0), cancel.Token),
            _ => accounts.BeginWriteAsync(cancel.Token),
        };
        await cancel.CancelAsync();

        // Without the gate it would be done by now: SQLite works on the caller's thread.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Throws<InvalidOperationException>(() => accounts.SaveChanges());
    }

    [Fact]
    public async Task Loops_Running_AreAllRegisteredAndHealthy()
    {
        await using var host = await DashboardHost.StartAsync();
        var registry = host.Services.GetRequiredService<LoopRegistry>();

        Assert.False(registry.IsDegraded);
        Assert.Equal(
            ["alert push", "alerts", "backup", "broadcasts", "checkpoint", "event streams", "failed sign-ins", "hand-overs", "history figures", "history retention", "history writer", "job schedule", "last alive", "maintenance", "membership writer", "memory", "moderators seen", "names", "notes", "removals", "restore", "revoked tokens", "schedules", "server keys", "share links", "signing keys", "stages", "sweep", "test viewers", "unused users", "vouched users", "watched arrivals", "webhook log", "webhook reader", "webhooks"],
            registry.All.Select(loop => loop.Name).Where(name => !name.StartsWith("demo", StringComparison.Ordinal)));
    }
}
