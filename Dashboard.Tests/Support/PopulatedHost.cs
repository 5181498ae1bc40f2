using Microsoft.Extensions.DependencyInjection;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A host whose last hour is already over: eight rooms, some hundred viewers, one surge, hidden tabs and missed heartbeats.</summary>
public sealed class PopulatedHost : IAsyncLifetime
{
    private const int Seed = 20260301;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5); // the engine takes a sweep later than that for a suspended machine
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private static readonly (string RoomId, int Crowd)[] Rooms =
    [
        ("main-stage", 180), ("backstage-interviews", 46), ("dj-set-rooftop", 74), ("q-and-a", 22),
        ("workshop-lighting", 14), ("late-night-talk", 9), ("rehearsal", 4), ("café-español", 31),
    ];

    private static readonly string[] Given = ["Ada", "Grace", "Linus", "Margaret", "Alan", "Barbara", "Edsger", "Radia", "Ken", "Frances", "Dennis", "Hedy", "Donald", "Katherine", "Tim", "Sophie"];
    private static readonly string[] Family = ["Okafor", "Lindqvist", "Moreau", "Tanaka", "Novak", "Silva", "Haddad", "Kowalski", "Ito", "Brandt", "Rossi", "Larsen", "Mehta", "Castro"];

    private static readonly SessionDevice[] Devices =
        [new("Pixel 9", "4.2.0"), new("iPhone 17", "4.2.0"), new("Chrome on Windows", "4.1.3"), new("Safari on Mac", "4.2.0"), new("LG TV", "3.9.1"), default];

    private readonly Random _random = new(Seed);
    private readonly List<Guest> _present = [];
    private int _guests;

    public DashboardHost Host { get; private set; } = null!;

    public ManualTimeProvider Clock { get; } = new();

    public PresenceEngine Engine => Host.Services.GetRequiredService<PresenceEngine>();

    public async ValueTask InitializeAsync()
    {
        Clock.SetUtcNow(TimeProvider.System.GetUtcNow()); // browsers hold cookies against their own clock
        Host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = Clock, Configuration = ModeratorOfTests.Configuration });
        Pass(TimeSpan.FromMinutes(64));
    }

    /// <summary>Lets time pass, with everyone's heartbeats in it.</summary>
    public void Pass(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Step)
        {
            Clock.Advance(Step);
            Arrive(span - passed);
            Beat();
            Engine.Sweep();
        }
    }

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();

    private void Arrive(TimeSpan left)
    {
        foreach (var (roomId, crowd) in Rooms)
        {
            var surge = roomId == "dj-set-rooftop" && left < TimeSpan.FromMinutes(14) ? 2.2 : 1;
            var wave = 0.75 + (0.25 * Math.Sin(((left.TotalMinutes / 11) + roomId.Length) % Math.Tau));
            var wanted = (int)(crowd * surge * wave);
            var here = _present.Count(guest => guest.RoomId == roomId);
            for (var i = here; i < wanted && i < here + 2 + (wanted / 25); i++)
                _present.Add(NewGuest(roomId));
        }
        _present.RemoveAll(_ => _random.NextDouble() < 0.004); // stops beating: the timeout does the rest
    }

    private void Beat()
    {
        foreach (var guest in _present)
        {
            guest.Waited += Step;
            if (guest.Waited < Interval)
                continue;
            guest.Waited = TimeSpan.Zero;
            if (guest.Profile is { } profile && guest.State == ViewerState.Visible)
                Engine.UserHeartbeat(guest.UserId, profile);
            Engine.Heartbeat(new Heartbeat
            {
                RoomId = guest.RoomId,
                UserId = guest.UserId,
                SessionId = "",
                IsGuest = guest.IsGuest,
                Profile = guest.Profile,
                State = guest.State,
                Device = guest.Device,
            });
        }
    }

    private Guest NewGuest(string roomId)
    {
        var number = _guests++;
        var name = $"{Given[_random.Next(Given.Length)]} {Family[_random.Next(Family.Length)]}";
        var isGuest = _random.Next(9) == 0;
        return new Guest
        {
            RoomId = roomId,
            UserId = isGuest ? $"guest-{number:x6}" : $"{name.Split(' ')[0].ToLowerInvariant()}.{number}",
            IsGuest = isGuest,
            Profile = isGuest ? null : new UserProfile(name, null),
            Device = Devices[number % Devices.Length],
            State = _random.Next(10) switch { 0 or 1 => ViewerState.Hidden, 2 => ViewerState.Paused, _ => ViewerState.Visible },
            Waited = Interval,
        };
    }

    private sealed class Guest
    {
        public required string RoomId { get; init; }
        public required string UserId { get; init; }
        public required bool IsGuest { get; init; }
        public required UserProfile? Profile { get; init; }
        public required ViewerState State { get; init; }
        public required SessionDevice Device { get; init; }
        public TimeSpan Waited { get; set; }
    }
}
