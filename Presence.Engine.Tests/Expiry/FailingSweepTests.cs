using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Expiry;

/// <summary>A clock that throws is what can fail under a room's lock: whichever reading it is, no room is left half-done and no other waits.</summary>
public sealed class FailingSweepTests : IDisposable
{
    private const int Rooms = 5;
    private readonly FailingClock _time = new();
    private readonly PresenceEngine _engine;

    public FailingSweepTests() => _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());

    public void Dispose() => _engine.Dispose();

    public static TheoryData<int> Readings => [.. Enumerable.Range(1, 12)];

    [Theory, MemberData(nameof(Readings))]
    public void Sweep_TheClockThrowsOnce_OneRoomAtMostIsLeftAndTheNextSweepEndsIt(int reading)
    {
        Join();
        for (var second = 0; second < 55; second += 5)
        {
            _time.Manual.Advance(TimeSpan.FromSeconds(5));
            _engine.Sweep();
        }
        _engine.Journal.TryDrain([]); // so that the journal asks the clock again
        _time.Manual.Advance(TimeSpan.FromSeconds(5));

        Fail(reading, _engine.Sweep);

        Assert.Empty(_engine.Audit());
        Assert.InRange(_engine.CountNetwork().Rooms, 0, reading == 1 ? Rooms : 1); // the sweep's own reading ends it before it began
        _engine.Sweep();
        Assert.Equal(0, _engine.CountNetwork().Sessions);
        Assert.Equal(0, _engine.CountOnline().Users);
        Assert.Empty(_engine.Audit());
    }

    [Theory, MemberData(nameof(Readings))]
    public void Apply_TheClockThrowsOnce_EveryOtherRoomIsEmptied(int reading)
    {
        Join();

        Fail(reading, () => _engine.Apply(_engine.Settings with { Enabled = false }));

        Assert.Empty(_engine.Audit());
        Assert.InRange(_engine.CountNetwork().Rooms + _engine.CountOnline().Users, 0, 1);
    }

    [Theory, MemberData(nameof(Readings))]
    public void Remove_TheClockThrowsOnce_EveryOtherRoomIsLeft(int reading)
    {
        Join();

        Fail(reading, () => _engine.Remove(new Removal("ann", RoomId: null, _time.GetUtcNow().AddHours(1), "spam")));

        Assert.Empty(_engine.Audit());
        Assert.InRange(_engine.RoomsOf("ann").Count, 0, 1);
    }

    [Theory, MemberData(nameof(Readings))]
    public void Heartbeat_TheClockThrowsOnce_TheViewerIsInOrOutAsAWhole(int reading)
    {
        Fail(reading, () => Beat("ann", "lobby"));

        Assert.Empty(_engine.Audit());
        Beat("ann", "lobby");
        Assert.Equal(1, _engine.Count("lobby").Viewers);
        Assert.Equal(1, _engine.Journal.Unstored);
        Assert.Empty(_engine.Audit());
    }

    [Theory, MemberData(nameof(Readings))]
    public void Heartbeat_TheClockThrowsOnce_TakesNothingOfItsShare(int reading)
    {
        using var engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits { SessionsPerAddress = 2, RoomsPerAddress = 1 });
        foreach (var session in new[] { "laptop", "phone" })
        {
            var heartbeat = new Heartbeat { RoomId = "lobby", UserId = "ann", SessionId = session, Origin = ViewerOrigin.Address(isV6: false, 7) };
            Fail(reading, () => engine.Heartbeat(heartbeat));
            Assert.Equal(HeartbeatOutcome.Accepted, engine.Heartbeat(heartbeat).Outcome);
        }

        Assert.Empty(engine.Audit());
    }

    private void Join()
    {
        for (var room = 0; room < Rooms; room++)
        {
            Beat("ann", $"room{room}");
            Beat("ann", $"room{room}", "phone");
            Beat("ben", $"room{room}");
        }
        _engine.UserHeartbeat("ann");
        _engine.Journal.TryDrain([]); // so that the journal asks the clock again
    }

    private void Beat(string user, string room, string session = "") =>
        _engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = session });

    /// <summary>The clock throws at that reading from now on, counted from 1, and goes on after it.</summary>
    private void Fail(int reading, Action act)
    {
        _time.FailsIn = reading;
        try
        {
            act();
        }
        catch (Exception failure) when (failure is TimeoutException or AggregateException)
        {
            // As it should: nobody is told that all went well.
        }
        _time.FailsIn = 0;
    }

    private sealed class FailingClock : TimeProvider
    {
        public ManualTimeProvider Manual { get; } = new();

        public int FailsIn { get; set; }

        public override long TimestampFrequency => Manual.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Manual.GetUtcNow();

        public override long GetTimestamp() =>
            FailsIn > 0 && --FailsIn == 0 ? throw new TimeoutException("The clock does not answer.") : Manual.GetTimestamp();
    }
}
