using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Soak;

/// <summary>Everything at once on every core, then a walk through every structure.</summary>
public sealed class SoakTests
{
    private static readonly int Seconds = ProofLength.Of("PRESENCE_SOAK_SECONDS", usually: 5, full: 180);

    [Fact]
    public async Task Engine_UnderEverythingAtOnce_StaysWhole()
    {
        var settings = EngineWorld.Seconds(1, 6);
        using var engine = new PresenceEngine(TimeProvider.System, settings, new PresenceLimits { RoomsPerUser = 4, SessionsPerUserAndRoom = 3 });
        using var end = new CancellationTokenSource();
        var beats = Enumerable.Range(0, Environment.ProcessorCount).Select(seed => OnItsOwnThread(() => Beat(engine, seed, end.Token))).ToArray();
        var others = new[]
        {
            OnItsOwnThread(() => SweepAndChange(engine, settings, end.Token)),
            OnItsOwnThread(() => Moderate(engine, end.Token)),
            OnItsOwnThread(() => Read(engine, end.Token)),
            OnItsOwnThread(() => Subscribe(engine, end.Token)),
        };

        end.CancelAfter(TimeSpan.FromSeconds(Seconds));
        var heartbeats = (await Task.WhenAll(beats)).Sum();
        await Task.WhenAll(others);

        Assert.True(heartbeats > 1_000);
        Assert.Empty(engine.Audit());
        Figure.Tell($"{heartbeats:N0} heartbeats and leaves in {Seconds} s, against sweeps, bans, settings changes and readers: every structure whole");

        engine.Apply(settings with { Enabled = false });
        Assert.Empty(engine.Audit());
        Assert.Equal((0, 0, 0), (engine.CountNetwork().Viewers, engine.CountNetwork().Sessions, engine.CountNetwork().Rooms));
    }

    /// <summary>The pool's threads belong to the other tests.</summary>
    private static Task<long> OnItsOwnThread(Func<long> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static long Beat(PresenceEngine engine, int seed, CancellationToken end)
    {
        var random = new Random(seed);
        var done = 0L;
        for (; !end.IsCancellationRequested; done++)
        {
            var (room, user, session) = ($"room{random.Next(8)}", $"user{random.Next(3_000)}", random.Next(3) == 0 ? "second" : "");
            var kind = random.Next(10);
            if (kind < 2)
                engine.Leave(room, user, session);
            else if (kind == 2)
                engine.UserHeartbeat(user);
            else
                engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = session, State = (ViewerState)random.Next(3), IsGuest = user.EndsWith('7') });
        }
        return done;
    }

    private static long SweepAndChange(PresenceEngine engine, PresenceSettings settings, CancellationToken end)
    {
        var journal = new List<MembershipChange>();
        for (var round = 0; !end.IsCancellationRequested; round++)
        {
            engine.Sweep();
            engine.Journal.TryDrain(journal);
            if (round % 50 == 0)
                engine.Apply(settings with { PresenceTimeout = TimeSpan.FromSeconds(6 + round % 7) });
            if (round % 2_000 == 1_999)
            {
                engine.Apply(settings with { Enabled = false });
                engine.Apply(settings);
            }
        }
        return 0;
    }

    private static long Moderate(PresenceEngine engine, CancellationToken end)
    {
        for (var round = 0; !end.IsCancellationRequested; round++)
        {
            var user = $"user{round % 3_000}";
            engine.Remove(new Removal(user, round % 2 == 0 ? null : $"room{round % 8}", TimeProvider.System.GetUtcNow().AddSeconds(1), Reason: null));
            engine.UpdateProfile(user, new UserProfile($"Name {round}", null));
            engine.SetOptOut(user, round % 3 == 0);
            if (round % 100 == 0)
                engine.Define($"room{round / 100 % 8}", round % 300 == 0 ? new RoomDefinition { Status = RoomStatus.Ended } : null);
        }
        return 0;
    }

    private static long Read(PresenceEngine engine, CancellationToken end)
    {
        for (var round = 0; !end.IsCancellationRequested; round++)
        {
            var page = engine.Viewers($"room{round % 8}", new ViewerQuery { Sort = (ViewerSort)(round % 4), Limit = 50 });
            Assert.Equal(Math.Min(50, page.Count.Viewers), page.Viewers.Count);
            Assert.Equal(page.Viewers.Count, page.Viewers.DistinctBy(viewer => viewer.UserId).Count());
            engine.Rooms(new RoomQuery { Limit = 5 });
        }
        return 0;
    }

    private static long Subscribe(PresenceEngine engine, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var changes = engine.Subscribe("room0", 1_000);
            using var watch = engine.Watch("room1");
            var last = changes.StartedAfter;
            while (!end.IsCancellationRequested && changes.TryRead(out var change) is not SubscriptionItem.Gap)
            {
                if (change.Sequence == 0)
                    continue;
                Assert.Equal(last + Math.Max(1, change.Joined + change.Left), change.Sequence);
                last = change.Sequence;
            }
        }
        return 0;
    }
}
