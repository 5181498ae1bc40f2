using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.History;

public sealed class SettingsRehearsalTests
{
    private static readonly SessionDevice Pixel = new("Pixel", "4.2.1");
    private static readonly SessionDevice Web = new("web", "4.2");

    [Fact]
    public void Of_AShorterTimeout_MakesLateHeartbeatsLeaves()
    {
        var record = new RehearsalRecord(TimeSpan.FromHours(1), TimeSpan.FromHours(100), Departures: 36, [Gap(Pixel, 12, 3), Gap(Web, 4, 5), Gap(Pixel, 40, 2)]);

        var rehearsal = SettingsRehearsal.Of(record, Seconds(30, 60), Seconds(20, 30));

        Assert.Equal((100.0, 2), (rehearsal.Now.Viewers, rehearsal.Now.FalseLeaves)); // 30 + 40 s came after 60 s
        Assert.Equal(5, rehearsal.Tried.FalseLeaves); // after 37 s and after 65 s
        Assert.Equal(100.0 / 30, rehearsal.Now.HeartbeatsPerSecond, 6);
        // Who left counts 30 s less. Two who were away for 10 s are away for 35 s, and three for 7 s.
        var viewers = 100 + (((36 * -30) + (2 * 10) - (2 * 35) - (3 * 7)) / 3600.0);
        Assert.Equal(viewers, rehearsal.Tried.Viewers, 6);
        Assert.Equal(viewers / 20, rehearsal.Tried.HeartbeatsPerSecond, 6);
        Assert.Equal([new RehearsalOfDevice(Pixel, 2, 5)], rehearsal.Devices);
    }

    [Fact]
    public void Of_TheSettingsInForce_ChangesNothing()
    {
        var record = new RehearsalRecord(TimeSpan.FromHours(2), TimeSpan.FromHours(10), Departures: 7, [Gap(Pixel, 12, 3), Gap(Web, 40, 1)]);

        var rehearsal = SettingsRehearsal.Of(record, Seconds(30, 60), Seconds(30, 60));

        Assert.Equal(rehearsal.Now, rehearsal.Tried);
    }

    [Fact]
    public void Of_NothingRecorded_IsNothing()
    {
        var rehearsal = SettingsRehearsal.Of(new RehearsalRecord(TimeSpan.Zero, TimeSpan.Zero, 0, []), Seconds(30, 60), Seconds(10, 20));

        Assert.Equal((default, default), (rehearsal.Now, rehearsal.Tried));
    }

    /// <summary>A random evening is lived with one pair of settings and foretells what it comes to with another, which is then lived too.</summary>
    [Theory]
    [InlineData(30, 60, 20, 40)]
    [InlineData(20, 40, 30, 60)]
    [InlineData(30, 60, 30, 45)]
    public void Of_AnEvening_ForetellsTheSameEveningWithOtherSettings(int interval, int timeout, int otherInterval, int otherTimeout)
    {
        var (record, _) = Live(interval, timeout);
        var (_, really) = Live(otherInterval, otherTimeout);

        var rehearsal = SettingsRehearsal.Of(record, Seconds(interval, timeout), Seconds(otherInterval, otherTimeout));

        Assert.InRange(rehearsal.Tried.FalseLeaves, really.FalseLeaves - 6, really.FalseLeaves + 6);
        Assert.InRange(rehearsal.Tried.Viewers, really.Viewers * 0.97, really.Viewers * 1.03);
        Assert.InRange(rehearsal.Tried.HeartbeatsPerSecond, really.HeartbeatsPerSecond * 0.9, really.HeartbeatsPerSecond * 1.1);
        Assert.True(really.FalseLeaves > 20, "The evening has too little in it to compare.");
    }

    /// <summary>Two hundred viewers of an hour: some leave without a word, and each is away from the network for a while, at the same time whatever the settings.</summary>
    private static (RehearsalRecord Record, RehearsalOutcome Outcome) Live(int interval, int timeout)
    {
        var random = new Random(7);
        var plans = Enumerable.Range(0, 200).Select(number => (
            Name: $"user{number}",
            Until: random.Next(1_800, 3_600),
            AwayFrom: random.Next(300, 1_200),
            Away: random.Next(5, 80),
            Phase: random.Next(0, 1_000) / 1_000.0)).ToList();
        using var world = new EngineWorld(EngineWorld.Seconds(interval, timeout));
        var heartbeats = 0;
        var next = plans.ToDictionary(plan => plan.Name, plan => plan.Phase * interval);
        for (var second = 0; second < 3_600; second++)
        {
            foreach (var plan in plans)
            {
                if (second < next[plan.Name] || second >= plan.Until)
                    continue;
                if (second >= plan.AwayFrom && second < plan.AwayFrom + plan.Away)
                    continue; // it tries again each second
                world.Beat(plan.Name, device: Pixel);
                heartbeats++;
                next[plan.Name] = second + interval;
            }
            world.Advance(1);
        }
        world.Advance(timeout + 61);

        var (visits, minutes) = (new List<Visit>(), new List<RoomMinute>());
        world.Engine.Journal.DrainVisits(visits);
        world.Engine.TakeMinutes(minutes);
        var returns = visits.GroupBy(visit => visit.UserId)
            .SelectMany(ofUser => ofUser.OrderBy(visit => visit.JoinedAt).Zip(ofUser.OrderBy(visit => visit.JoinedAt).Skip(1), (left, back) => back.JoinedAt - left.SeenAt))
            .Where(gap => gap <= SettingsRehearsal.Return).ToList();
        var room = minutes.Where(minute => minute.RoomId is not null).ToList();
        var counted = new TimeSpan(room.Sum(minute => minute.Viewers.Ticks));
        var gaps = room.SelectMany(minute => minute.Late ?? []).Select(late => Gap(late.Device, late.Seconds, late.Count))
            .Concat(returns.Select(gap => new LateGap(Pixel, gap - TimeSpan.FromSeconds(interval), 1)));
        return (
            new RehearsalRecord(TimeSpan.FromHours(1), counted, visits.Count - returns.Count, [.. gaps]),
            new RehearsalOutcome(heartbeats / 3_600.0, returns.Count, counted / TimeSpan.FromHours(1)));
    }

    private static LateGap Gap(SessionDevice device, int seconds, int count) => new(device, TimeSpan.FromSeconds(seconds), count);

    private static (TimeSpan Interval, TimeSpan Timeout) Seconds(int interval, int timeout) => (TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(timeout));
}
