using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A host after an evening: two broadcasts of one room are over, in the second of which an app version lost its connection; one of another room goes on.</summary>
public sealed class BroadcastHost : IAsyncLifetime
{
    public const string Stage = "main-stage";
    public const string Talk = "late-night-talk";

    /// <summary>What loses its connection.</summary>
    public static readonly SessionDevice Broken = new("Android", "4.2.1");

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5); // the engine takes a sweep later than that for a suspended machine
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly SessionDevice[] Devices = [new("Chrome on Windows", "4.2.0"), new("iPhone 17", "4.2.0"), new("Safari on Mac", "4.2.0"), Broken];
    private static readonly string[] Given = ["Ada", "Grace", "Linus", "Margaret", "Alan", "Barbara", "Edsger", "Radia"];

    private readonly List<Guest> _present = [];
    private readonly Random _random = new(20261129);

    public DashboardHost Host { get; private set; } = null!;

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The second broadcast of <see cref="Stage"/>, which is over.</summary>
    public Broadcast Second { get; private set; } = null!;

    /// <summary>The one of <see cref="Talk"/>, which goes on.</summary>
    public Broadcast Live { get; private set; } = null!;

    /// <summary>When <see cref="Broken"/> lost its connection.</summary>
    public DateTimeOffset LostAt { get; private set; }

    private PresenceEngine Engine => Host.Services.GetRequiredService<PresenceEngine>();

    private IHistory History => Host.Services.GetRequiredService<IHistory>();

    public async ValueTask InitializeAsync()
    {
        Clock.SetUtcNow(TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(151)); // browsers hold cookies against their own clock
        Host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = Clock, Configuration = ModeratorOfTests.Configuration });
        await PassAsync(35, Stage, minute => Math.Min(26, 4 + (minute * 3)));
        await EndAsync(Stage);
        await PassAsync(50, Stage, minute => Math.Min(52, 6 + (minute * 3)));
        LostAt = Clock.GetUtcNow();
        _present.RemoveAll(guest => guest.RoomId == Stage && guest.Device == Broken && guest.Number % 4 == 3 && _random.Next(100) < 90);
        await PassAsync(20, Stage, minute => 30 + minute);
        await EndAsync(Stage);
        await PassAsync(20, Talk, minute => Math.Min(14, 3 + minute));
        var cancellationToken = TestContext.Current.CancellationToken;
        Second = (await History.ReadBroadcastsAsync(new BroadcastQuery { RoomId = Stage }, cancellationToken)).Items[0];
        Live = (await History.ReadBroadcastsAsync(new BroadcastQuery { RoomId = Talk }, cancellationToken)).Items[0];
    }

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Lets minutes pass, a room filled to a crowd in each.</summary>
    public async Task PassAsync(int minutes, string roomId, Func<int, int> crowd)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            _present.RemoveAll(guest => guest.RoomId == roomId && _random.Next(100) < 3);
            for (var here = _present.Count(guest => guest.RoomId == roomId); here < crowd(minute); here++)
                _present.Add(NewGuest(roomId));
            for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(1); passed += Step)
            {
                Clock.Advance(Step);
                foreach (var guest in _present)
                    Beat(guest);
                Engine.Sweep();
            }
            await WriteAsync();
        }
    }

    private async Task EndAsync(string roomId)
    {
        foreach (var guest in _present.Where(guest => guest.RoomId == roomId))
            Engine.Leave(roomId, guest.UserId, "");
        _present.RemoveAll(guest => guest.RoomId == roomId);
        await PassAsync(10, roomId, _ => 0);
    }

    /// <summary>What loops do once a minute, done: a clock that is set forward leaves them no time.</summary>
    private async Task WriteAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Host.Services.GetRequiredService<MembershipStore>().FlushAsync(cancellationToken);
        await Host.Services.GetRequiredService<HistoryWriter>().SaveAsync(ends: false, cancellationToken);
        await Host.Services.GetRequiredService<BroadcastStore>().PassAsync(cancellationToken);
    }

    private void Beat(Guest guest)
    {
        guest.Waited += Step;
        if (guest.Waited < Interval)
            return;
        guest.Waited = TimeSpan.Zero;
        Engine.Heartbeat(new Heartbeat
        {
            RoomId = guest.RoomId,
            UserId = guest.UserId,
            SessionId = "",
            IsGuest = guest.Name is null,
            Profile = guest.Name is null ? null : new UserProfile(guest.Name, null),
            State = guest.Number % 5 == 0 ? ViewerState.Hidden : ViewerState.Visible,
            Device = guest.Device,
        });
    }

    private Guest NewGuest(string roomId)
    {
        var number = _random.Next(140); // some come again
        while (_present.Exists(guest => guest.Number == number))
            number = (number + 1) % 280;
        var name = number % 7 == 0 ? null : Given[number % Given.Length] + " " + (char)('A' + (number % 26));
        return new Guest(roomId, number, name is null ? $"guest-{number:x4}" : $"user.{number}", name, Devices[number % Devices.Length]) { Waited = Interval };
    }

    private sealed record Guest(string RoomId, int Number, string UserId, string? Name, SessionDevice Device)
    {
        public TimeSpan Waited { get; set; }
    }
}
