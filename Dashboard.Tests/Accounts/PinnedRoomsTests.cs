using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

public sealed class PinnedRoomsTests : IDisposable
{
    private readonly RememberedPins _stored = new();
    private readonly PinnedRooms _pins;

    public PinnedRoomsTests() => _pins = new PinnedRooms(_stored, new StorageWatch(TimeProvider.System, NullLogger<StorageWatch>.Instance), NullLogger<PinnedRooms>.Instance);

    public void Dispose() => _stored.Dispose();

    [Fact]
    public async Task SetAsync_PinAndUnpin_KeepsTheOrderOfPinning()
    {
        foreach (var room in (string[])["b", "a", "c", "a"])
            Assert.Equal(PinOutcome.Done, await _pins.SetAsync("ada", room, isPinned: true));
        await _pins.SetAsync("ada", "a", isPinned: false);

        Assert.Equal(["b", "c"], await _pins.ReadAsync("ada"));
        Assert.Equal(["b", "c"], await _stored.LoadAsync("ada"));
        Assert.Empty(await _pins.ReadAsync("ben"));
    }

    [Fact]
    public async Task SetAsync_AtAPlace_PutsItAmongTheOthers()
    {
        foreach (var room in (string[])["a", "c"])
            await _pins.SetAsync("ada", room, isPinned: true);

        await _pins.SetAsync("ada", "b", isPinned: true, place: 1);
        await _pins.SetAsync("ada", "z", isPinned: true, place: 9);

        Assert.Equal(["a", "b", "c", "z"], await _pins.ReadAsync("ada"));
    }

    [Fact]
    public async Task SetAsync_OverTheCap_IsRefusedUntilOneIsLetGo()
    {
        for (var room = 0; room < PinnedRooms.Most; room++)
            await _pins.SetAsync("ada", $"room {room}", isPinned: true);

        Assert.Equal(PinOutcome.Full, await _pins.SetAsync("ada", "one more", isPinned: true));
        Assert.Equal(PinnedRooms.Most, (await _pins.ReadAsync("ada")).Count);
        await _pins.SetAsync("ada", "room 0", isPinned: false);

        Assert.Equal(PinOutcome.Done, await _pins.SetAsync("ada", "one more", isPinned: true));
    }

    [Fact]
    public async Task ReadAsync_Again_AsksTheStoreNoMore()
    {
        var first = await _pins.ReadAsync("ada");

        Assert.Same(first, await _pins.ReadAsync("ada"));
        Assert.Equal(1, _stored.Loads);
    }

    [Fact]
    public async Task SetAsync_ThatCannotBeStored_ChangesNothing()
    {
        await _pins.SetAsync("ada", "a", isPinned: true);
        _stored.Ready = Task.FromException(new InvalidOperationException("disk"));

        Assert.Equal(PinOutcome.Failed, await _pins.SetAsync("ada", "b", isPinned: true));

        Assert.Equal(["a"], await _pins.ReadAsync("ada"));
    }

    [Fact]
    public async Task SetAsync_FromManyTabsAtOnce_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, PinnedRooms.Most).Select(room => Task.Run(() => _pins.SetAsync("ada", $"room {room}", isPinned: true))));

        Assert.Equal(PinnedRooms.Most, (await _stored.LoadAsync("ada")).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task SetAsync_ThenARestart_KeepsThePinsAndTheSignIn()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        using var visitor = new FormVisitor(host.BaseAddress);
        using var _ = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        var id = await AccountIdAsync(host);
        string[] rooms = ["main stage", "café,\"español\""];

        foreach (var room in rooms)
            Assert.Equal(PinOutcome.Done, await host.Services.GetRequiredService<PinnedRooms>().SetAsync(id, room, isPinned: true));
        await host.RestartAsync();

        Assert.Equal(rooms, await host.Services.GetRequiredService<PinnedRooms>().ReadAsync(id));
        using var page = await visitor.GetAsync("/wall");
        Assert.Equal(System.Net.HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task SetAsync_ForAnAccountThatIsGone_Fails()
    {
        await using var host = await DashboardHost.StartAsync();
        var pins = host.Services.GetRequiredService<PinnedRooms>();

        Assert.Equal(PinOutcome.Failed, await pins.SetAsync("nobody", "a", isPinned: true));
        Assert.Empty(await pins.ReadAsync("nobody"));
    }

    private static async Task<string> AccountIdAsync(DashboardHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>().FindByEmailAsync(ModeratorOfTests.Email))!.Id;
    }
}
