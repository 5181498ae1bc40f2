using Presence.Client;

namespace Presence.Simulation.Demo;

/// <summary>
/// Who comes when, stays how long and goes how. It sends nothing and reads no clock: the same seed makes the same visits,
/// in whatever steps it is advanced.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> One at a time.</para>
/// <para><b>Cost.</b> What is remembered is bounded by the rooms and <see cref="DemoPeople"/>, not by how long it runs.</para>
/// </remarks>
internal sealed class DemoScenario
{
    /// <summary>How long the first crowd takes to gather, as if the demo had been running before.</summary>
    public static readonly TimeSpan Opening = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan ShortestStay = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestStay = TimeSpan.FromMinutes(90);

    /// <summary>The time before a viewer returns. Longer than the usual presence timeout, so that a return is a join.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(2);

    private static readonly string[] Devices = ["web", "web", "web", "ios", "ios", "android", "android", "tv"];

    private const double VanishingShare = 0.3;
    private const double PausedShare = 0.04;
    private const double SecondDeviceShare = 0.08;
    private const double SecondRoomShare = 0.04;

    private readonly Random _random;
    private readonly PriorityQueue<DemoRoom, TimeSpan> _arrivals = new();
    private readonly TimeSpan[] _userFreeFrom = new TimeSpan[DemoPeople.Users];
    private readonly TimeSpan[] _guestFreeFrom = new TimeSpan[DemoPeople.Guests];
    private int _visits;

    public DemoScenario(int seed)
    {
        _random = new Random(seed);
        foreach (var room in Rooms)
            _arrivals.Enqueue(room, Exponential(MeanGap(room)));
    }

    public static IReadOnlyList<DemoRoom> Rooms => DemoRooms.All;

    /// <summary>Decides everything up to an instant.</summary>
    /// <param name="elapsed">Since the start of the demo; never less than at the last call.</param>
    /// <returns>The visits decided since the last call. A viewer's second device or room can begin a little later.</returns>
    public IReadOnlyList<DemoVisit> AdvanceTo(TimeSpan elapsed)
    {
        var visits = new List<DemoVisit>();
        while (_arrivals.TryPeek(out var room, out var at) && at <= elapsed)
        {
            _arrivals.DequeueEnqueue(room, at + Exponential(MeanGap(room)));

            // Candidates arrive at the room's peak rate and are accepted in proportion to the current rate (thinning).
            if (_random.NextDouble() * PeakRate(room) < Rate(room, at))
                Arrive(room, at, visits);
        }
        return visits;
    }

    private static double Rate(DemoRoom room, TimeSpan at)
    {
        if (at < Opening)
            return room.Crowd / Opening.TotalSeconds;

        var tide = 1 + room.Swing * Math.Sin(2 * Math.PI * (at - Opening) / room.Wave);
        var usual = room.Crowd * tide / room.MeanStay.TotalSeconds;
        return room.Surge is { } surge && surge.IsRising(at) ? usual + surge.ArrivalsPerSecond : usual;
    }

    private static double PeakRate(DemoRoom room) => Math.Max(
        room.Crowd / Opening.TotalSeconds,
        room.Crowd * (1 + room.Swing) / room.MeanStay.TotalSeconds + (room.Surge?.ArrivalsPerSecond ?? 0));

    private static TimeSpan MeanGap(DemoRoom room) => TimeSpan.FromSeconds(1 / PeakRate(room));

    private void Arrive(DemoRoom room, TimeSpan at, List<DemoVisit> visits)
    {
        if (FindViewer(room, at) is not { } found)
            return; // everyone is watching already
        var (viewer, freeFrom, index) = found;

        var meanStay = room.Surge is { } surge && surge.IsRising(at) ? surge.MeanStay : room.MeanStay;
        var stay = Exponential(meanStay);
        var first = Visit(viewer, room, Devices[_random.Next(Devices.Length)], at, stay < ShortestStay ? ShortestStay : stay > LongestStay ? LongestStay : stay);
        visits.Add(first);
        freeFrom[index] = first.LeavesAt + Rest;

        var chance = _random.NextDouble();
        if (chance < SecondDeviceShare)
            visits.Add(Accompany(first, room, first.Device == "tv" ? "ios" : "tv"));
        else if (chance < SecondDeviceShare + SecondRoomShare)
            visits.Add(Accompany(first, Rooms[_random.Next(Rooms.Count)], first.Device));
    }

    /// <summary>A second visit of the same viewer, inside the first one's time.</summary>
    private DemoVisit Accompany(DemoVisit first, DemoRoom room, string device)
    {
        var stay = first.LeavesAt - first.ArrivesAt;
        return Visit(first.Viewer, room, device, first.ArrivesAt + stay * (0.1 + 0.2 * _random.NextDouble()), stay * 0.6);
    }

    private DemoVisit Visit(DemoViewer viewer, DemoRoom room, string device, TimeSpan at, TimeSpan stay)
    {
        var chance = _random.NextDouble();
        var away = chance < room.HiddenShare ? ViewerState.Hidden : chance < room.HiddenShare + PausedShare ? ViewerState.Paused : ViewerState.Visible;
        var awayFrom = at + stay * (0.4 * _random.NextDouble());
        return new DemoVisit
        {
            Number = ++_visits,
            Viewer = viewer,
            Device = device,
            RoomId = room.RoomId,
            ArrivesAt = at,
            LeavesAt = at + stay,
            Ending = _random.NextDouble() < VanishingShare ? DemoEnding.Vanishes : DemoEnding.Leaves,
            Away = away,
            AwayFrom = awayFrom,
            AwayUntil = awayFrom + Exponential(TimeSpan.FromMinutes(4)),
        };
    }

    private (DemoViewer Viewer, TimeSpan[] FreeFrom, int Index)? FindViewer(DemoRoom room, TimeSpan at)
    {
        var isGuest = _random.NextDouble() < room.GuestShare;
        var freeFrom = isGuest ? _guestFreeFrom : _userFreeFrom;
        var start = _random.Next(freeFrom.Length);
        for (var i = 0; i < freeFrom.Length; i++)
        {
            var index = (start + i) % freeFrom.Length;
            if (freeFrom[index] <= at)
                return (isGuest ? DemoPeople.Guest(index) : DemoPeople.User(index), freeFrom, index);
        }
        return null;
    }

    private TimeSpan Exponential(TimeSpan mean) => mean * -Math.Log(1 - _random.NextDouble());
}

/// <summary>A crowd that comes all at once, again and again, and ebbs by leaving soon.</summary>
/// <param name="First">When it first begins, from the start of the demo.</param>
/// <param name="Every">From one beginning to the next.</param>
/// <param name="Rise">How long people keep arriving.</param>
/// <param name="Viewers">How many arrive.</param>
/// <param name="MeanStay">How long they stay, in the mean.</param>
internal sealed record DemoSurge(TimeSpan First, TimeSpan Every, TimeSpan Rise, double Viewers, TimeSpan MeanStay)
{
    public double ArrivalsPerSecond => Viewers / Rise.TotalSeconds;

    public bool IsRising(TimeSpan elapsed) =>
        elapsed >= First && (elapsed - First).Ticks % Every.Ticks < Rise.Ticks;
}

/// <summary>How a visit ends.</summary>
internal enum DemoEnding
{
    /// <summary>With a leave request, which takes effect at once.</summary>
    Leaves,

    /// <summary>A closed lid, a lost network: silence, until the presence timeout does the work.</summary>
    Vanishes,
}
