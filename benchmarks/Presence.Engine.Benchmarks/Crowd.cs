using System.Diagnostics;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Engine.Benchmarks;

/// <summary>An engine with a crowd in it.</summary>
internal sealed class Crowd : IDisposable
{
    /// <summary>Half of them with letters that are not English.</summary>
    private static readonly string[] GivenNames = ["José", "Anna", "Łukasz", "Grace", "Øyvind", "Linus", "Zoë", "Mia", "Émile", "Olaf"];

    private readonly Names _names;
    private readonly string[] _rooms;

    public Crowd(Names names, int rooms, TimeProvider? time = null, bool withNames = false)
    {
        _names = names;
        _rooms = [.. Enumerable.Range(0, rooms).Select(room => $"room-{room}")];
        var profiles = withNames ? names.Users.Select((_, user) => new UserProfile($"{GivenNames[user % GivenNames.Length]} {user * 7919L % 10_007}", null)).ToArray() : null;
        var bytesBefore = GC.GetTotalMemory(forceFullCollection: true);

        // An hour, so that nobody expires while the others are measured.
        Engine = new PresenceEngine(
            time ?? TimeProvider.System,
            PresenceSettings.Default with { HeartbeatInterval = TimeSpan.FromMinutes(10), PresenceTimeout = TimeSpan.FromMinutes(60) },
            new PresenceLimits());
        var since = Stopwatch.GetTimestamp();
        for (var user = 0; user < names.Users.Length; user++)
            Engine.Heartbeat(HeartbeatOf(user) with { Profile = profiles?[user] });
        JoinNanoseconds = Stopwatch.GetElapsedTime(since).TotalNanoseconds / names.Users.Length;

        // What waits for the membership writer is not presence: drained as the writer would.
        var drained = new List<MembershipChange>();
        Engine.Journal.TryDrain(drained);
        Engine.Journal.TryDrain(drained);
        drained = null;
        BytesPerViewer = (GC.GetTotalMemory(forceFullCollection: true) - bytesBefore) / (double)names.Users.Length;
        GC.KeepAlive(profiles);
    }

    public PresenceEngine Engine { get; }

    public double JoinNanoseconds { get; }

    public double BytesPerViewer { get; }

    /// <summary>Nanoseconds of one refresh, over all viewers in random order.</summary>
    public double Refresh()
    {
        var since = Stopwatch.GetTimestamp();
        foreach (var user in _names.Order)
            Engine.Heartbeat(HeartbeatOf(user));
        var nanoseconds = Stopwatch.GetElapsedTime(since).TotalNanoseconds / _names.Order.Length;
        Engine.Sweep();
        return nanoseconds;
    }

    public Heartbeat HeartbeatOf(int user) => new() { RoomId = _rooms[user % _rooms.Length], UserId = _names.Users[user], SessionId = "" };

    /// <summary>Lets whole seconds pass, each with its sweep.</summary>
    public void Pass(StoppedClock clock, TimeSpan time)
    {
        for (var second = 0; second < (int)time.TotalSeconds; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Engine.Sweep();
        }
    }

    public string FirstRoom => _rooms[0];

    public void Dispose() => Engine.Dispose();
}
