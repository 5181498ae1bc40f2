using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

public sealed class RehearsalReaderTests : IAsyncLifetime
{
    private static readonly SessionDevice Pixel = new("Pixel", "4.2.1");
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private HistoryFolder _history = null!;

    public async ValueTask InitializeAsync()
    {
        _history = await OpenAsync();
        _history.Time.SetUtcNow(Eight.AddHours(2));
    }

    public ValueTask DisposeAsync() => _history.DisposeAsync();

    [Fact]
    public async Task Read_ARoomsDay_HasLateHeartbeatsReturnsAndDepartures()
    {
        await _history.WriteAsync(
            Visit("ada", 0, 10, reason: LeaveReason.Timeout, unseen: 1) with { Device = Pixel },
            Visit("ada", 10.5, 20, reason: LeaveReason.Timeout, unseen: 1) with { Device = Pixel }, // back after 90 s
            Visit("ada", 40, 41), // much later
            Visit("ben", 0, 10), // said so
            Visit("ben", 10.5, 12));
        await _history.Minutes.SaveAsync(
            [
                Minute("lobby", 0, new LeaveCounts(0, 2, 0, 0, 0), new LateHeartbeats(Pixel, 5, 2), new LateHeartbeats(default, 9, 1)),
                Minute("lobby", 1, default, new LateHeartbeats(Pixel, 5, 1)),
                Minute("stage", 0, default, new LateHeartbeats(Pixel, 7, 4)),
                Minute(null, 0, new LeaveCounts(0, 3, 0, 0, 0)),
            ],
            Cancel);

        var room = RehearsalReader.Read(_history.Database, "lobby", Interval);

        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(6), 1), (room.Span, room.Viewers, room.Departures));
        Assert.Equal(
            [(null, 9, 1), ("Pixel", 5, 3), ("Pixel", 60, 1)],
            room.Gaps.Select(gap => (gap.Device.Name, (int)gap.Late.TotalSeconds, gap.Count)).Order());
        var network = RehearsalReader.Read(_history.Database, null, Interval);
        Assert.Equal((TimeSpan.FromMinutes(1), 2, 9), (network.Span, network.Departures, network.Gaps.Sum(gap => gap.Count)));
        var unknown = RehearsalReader.Read(_history.Database, "nowhere", Interval);
        Assert.Equal((TimeSpan.Zero, 0, 0), (unknown.Span, unknown.Departures, unknown.Gaps.Count));
    }

    [Fact]
    public async Task SaveAsync_ADayLater_ForgetsLateHeartbeats()
    {
        await _history.Minutes.SaveAsync([Minute("lobby", 0, default, new LateHeartbeats(Pixel, 5, 2))], Cancel);
        _history.Time.SetUtcNow(Eight.AddHours(20));
        await _history.Minutes.SaveAsync([Minute("lobby", 20 * 60, default, new LateHeartbeats(Pixel, 6, 1))], Cancel);
        Assert.Equal([5, 6], (await _history.RowsAsync(context => context.Set<LateHeartbeatsRecord>())).Select(late => late.Seconds));

        _history.Time.SetUtcNow(Eight.AddHours(26));
        await _history.Minutes.SaveAsync([Minute("lobby", 26 * 60, default)], Cancel);

        Assert.Equal([6], (await _history.RowsAsync(context => context.Set<LateHeartbeatsRecord>())).Select(late => late.Seconds));
    }

    [Fact]
    public async Task RehearseAsync_ForAMinute_CountsWithOneReading()
    {
        using var settings = new HistorySettingsStore(_history.Database);
        var inForce = PresenceSettings.Default;
        var history = new HistoryQueries(_history.Database, settings, _ => [], roomId => roomId == "lobby" ? inForce with { PresenceTimeout = TimeSpan.FromSeconds(90) } : inForce);
        await _history.Minutes.SaveAsync([Minute("lobby", 0, default, new LateHeartbeats(Pixel, 45, 2)), Minute(null, 0, default)], Cancel);

        Assert.Equal((2, 2), await DroppedAsync(null, 70)); // silent for 75 s
        Assert.Equal((0, 2), await DroppedAsync("lobby", 70));
        await _history.Minutes.SaveAsync([Minute("lobby", 1, default, new LateHeartbeats(Pixel, 45, 1))], Cancel);
        Assert.Equal((0, 2), await DroppedAsync("lobby", 65));

        _history.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((0, 3), await DroppedAsync("lobby", 65));
        Assert.Contains("at least 5 s longer", (await Assert.ThrowsAsync<ArgumentException>(() => DroppedAsync("lobby", 31))).Message, StringComparison.Ordinal);

        async Task<(int Now, int Tried)> DroppedAsync(string? room, int timeout)
        {
            var rehearsal = await history.RehearseAsync(new RehearsalQuery(room, Interval, TimeSpan.FromSeconds(timeout)), Cancel);
            return (rehearsal.Now.FalseLeaves, rehearsal.Tried.FalseLeaves);
        }
    }

    private static RoomMinute Minute(string? room, int minute, LeaveCounts leaves, params LateHeartbeats[] late) =>
        new(room, Eight.AddMinutes(minute)) { Viewers = TimeSpan.FromMinutes(3), Peak = 3, Leaves = leaves, Late = late.Length > 0 ? late : null };
}
