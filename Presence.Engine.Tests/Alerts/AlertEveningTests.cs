using Presence.Engine.Alerts;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Alerts;

/// <summary>Alerts over an evening of real heartbeats, written down before it is played: rooms that swell and shrink with noise, and drops at known minutes.</summary>
public sealed class AlertEveningTests : IAsyncLifetime
{
    private const int Minutes = 120;
    private const int Seed = 20261130;

    private static readonly AlertRule AnyRoomFalls = new() { Kind = AlertKind.Falls, Prefix = "", Amount = 25, Minutes = 2, Least = 20 };

    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly List<(int Minute, string Told)> _told = [];
    private StorageWorld _world = null!;
    private AlertWatch _alerts = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        _alerts.Dispose();
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Judge_RecordedEvening_TellsEachDropOnceAndNoneOnNoise()
    {
        await _alerts.SaveRuleAsync(AnyRoomFalls, "ada", Cancel);
        var evening = new Evening(Seed)
            .Drop("main", minute: 30, percent: 40, backAfter: 15)
            .Drop("second", minute: 55, percent: 60, backAfter: 20)
            .Drop("stage-1", minute: 80, percent: 50, backAfter: 20)
            .Drop("stage-2", minute: 80, percent: 50, backAfter: 20)
            .Drop("stage-3", minute: 80, percent: 50, backAfter: 20)
            .Drop("main", minute: 100, percent: 35, backAfter: 15);

        await PlayAsync(evening, restartAt: 56);

        Assert.Equal(
            [(30, "main began"), (30, "main over"), (55, "second began"), (55, "second over"), (80, "3 rooms began"), (80, "3 rooms over"), (100, "main began"), (100, "main over")],
            _told.Select(told => (evening.DropBefore(told.Minute), told.Told)));
        Assert.All(_told.Where(told => told.Told.EndsWith("began", StringComparison.Ordinal)), told => Assert.InRange(told.Minute - evening.DropBefore(told.Minute), 0, 2));
        var stored = await new AlertStore(_world.Database).ListAsync(isOpen: null, before: null, take: 100, Cancel);
        Assert.Equal([1, 3, 1, 1], stored.Select(alert => alert.Rooms));
        Assert.All(stored, alert => Assert.False(alert.IsOpen));
    }

    [Fact]
    public async Task Judge_EveningOfNoiseAlone_TellsNothing()
    {
        await _alerts.SaveRuleAsync(AnyRoomFalls, "ada", Cancel);
        await _alerts.SaveRuleAsync(AnyRoomFalls with { Kind = AlertKind.Rises, Amount = 100 }, "ada", Cancel);

        await PlayAsync(new Evening(Seed + 1), restartAt: 60);

        Assert.Empty(_told);
    }

    [Fact]
    public async Task Judge_ServerWasAwayWhileViewersLeft_TellsWhatChangedMeanwhileOnce()
    {
        await _alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, RoomId = "main", Amount = 50 }, "ada", Cancel);
        await BeatForAsync(90, Enumerable.Range(0, 60));
        Assert.Equal(["main began"], _told.Select(told => told.Told));

        await RestartAsync(awaySeconds: 20);
        Assert.Equal(["main"], Assert.Single(_alerts.Open).OpenRooms);
        await BeatForAsync(300, Enumerable.Range(0, 10)); // the others don't come back

        Assert.Equal(["main began", "main over"], _told.Select(told => told.Told));
        await RestartAsync(awaySeconds: 5);
        await BeatForAsync(120, Enumerable.Range(0, 10));
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public async Task Judge_HeartbeatsRefusedAndPresenceOff_AreToldAndOver()
    {
        await _alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Refused, Amount = 5 }, "ada", Cancel);
        await _alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Off }, "ada", Cancel);
        await BeatForAsync(30, Enumerable.Range(0, 10));

        _world.Engine.Apply(_world.Engine.Settings with { Enabled = false });
        await BeatForAsync(30, Enumerable.Range(0, 10));
        Assert.Equal([AlertKind.Off, AlertKind.Refused], _alerts.Open.Select(alert => alert.Rule.Kind).Order().Reverse());
        _world.Engine.Apply(_world.Engine.Settings with { Enabled = true });
        await BeatForAsync(180, Enumerable.Range(0, 10));

        Assert.Empty(_alerts.Open);
        Assert.Equal(["network began", "network began", "network over", "network over"], _told.Select(told => told.Told).Order(StringComparer.Ordinal));
    }

    private async Task StartAsync()
    {
        _world = await StorageWorld.StartAsync(_folder, _time);
        _alerts = new AlertWatch(new LocalPresence(_world.Engine), new AlertStore(_world.Database), new WatchedArrivals(_world.Engine, new ViewerNoteStore(_world.Database)), _time);
        await _alerts.LoadAsync(Cancel);
        _alerts.Changed += (_, news) => _told.AddRange(news.Alerts.Select(alert => (MinuteOf(_time.GetUtcNow()), $"{(alert.Rooms > 1 ? $"{alert.Rooms} rooms" : alert.RoomId ?? "network")} {(alert.IsOpen ? "began" : "over")}")));
    }

    private async Task RestartAsync(int awaySeconds)
    {
        await _world.Memberships.FlushAsync(Cancel);
        await _world.Memberships.StampAliveAsync(Cancel);
        _alerts.Dispose();
        await _world.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(awaySeconds));
        await StartAsync();
    }

    private static int MinuteOf(DateTimeOffset at) => (int)(at - new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)).TotalMinutes;

    /// <summary>Every five seconds a sixth of the viewers sends a heartbeat, who is to go leaves, and rules are judged.</summary>
    private async Task PlayAsync(Evening evening, int restartAt)
    {
        var present = Evening.Rooms.ToDictionary(room => room.Name, _ => 0);
        for (var step = 0; step < Minutes * 12; step++)
        {
            if (step == restartAt * 12)
                await RestartAsync(awaySeconds: 3);
            foreach (var (room, _) in Evening.Rooms)
            {
                var wanted = evening.CountAt(room, step);
                for (var user = wanted; user < present[room]; user++)
                    _world.Engine.Leave(room, $"{room}-{user}", "s");
                for (var user = 0; user < wanted; user++)
                {
                    if (user >= present[room] || user % 6 == step % 6)
                        Beat(room, user);
                }
                present[room] = wanted;
            }
            await StepAsync();
        }
    }

    private async Task BeatForAsync(int seconds, IEnumerable<int> users)
    {
        var all = users.ToArray();
        for (var step = 0; step < seconds / 5; step++)
        {
            foreach (var user in all)
                Beat("main", user);
            await StepAsync();
        }
    }

    private void Beat(string room, int user) => _world.Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = $"{room}-{user}", SessionId = "s" });

    private async Task StepAsync()
    {
        _world.Sweep(_time, 5);
        await _alerts.PassAsync(Cancel);
    }

    /// <summary>Who is where at each step, worked out in advance.</summary>
    private sealed class Evening(int seed)
    {
        public static readonly (string Name, int Most)[] Rooms = [("main", 160), ("second", 80), ("stage-1", 50), ("stage-2", 44), ("stage-3", 40), ("small", 12)];

        private readonly List<(string Room, int Minute, int Percent, int BackAfter)> _drops = [];

        public Evening Drop(string room, int minute, int percent, int backAfter)
        {
            _drops.Add((room, minute, percent, backAfter));
            return this;
        }

        /// <summary>Up within the first half hour, a hill in the middle, and noise of up to 4 % or 2 viewers; the small room by half of itself.</summary>
        public int CountAt(string room, int step)
        {
            var minute = step / 12.0;
            var most = Rooms.First(known => known.Name == room).Most;
            var shape = Math.Min(1, 0.2 + (minute / 25)) * (0.85 + (0.15 * Math.Sin(minute / 20)));
            var noise = new Random(seed + (step * 31) + most).NextDouble() - 0.5;
            var count = most * shape;
            foreach (var (dropped, at, percent, back) in _drops)
            {
                if (dropped == room && minute >= at && minute < at + back)
                    count *= 1 - (percent / 100.0 * Math.Min(1, (at + back - minute) / 8)); // gone at once, back within eight minutes
            }
            return (int)Math.Max(0, count + (noise * (room == "small" ? most : Math.Max(most * 0.08, 4))));
        }

        public int DropBefore(int minute) => _drops.Where(drop => drop.Minute <= minute).Select(drop => drop.Minute).DefaultIfEmpty(-1).Max();
    }
}
