using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

/// <summary>A page that is left or changed while it opens or reads keeps no watch, and shows nothing of one room under another's name.</summary>
public sealed class LivePageTests : PageTest
{
    private const int Rooms = 20;

    /// <summary>Room k has k viewers, so that a number tells which room it is of.</summary>
    private void Fill()
    {
        for (var room = 0; room < Rooms; room++)
        {
            for (var viewer = 0; viewer < room; viewer++)
                Beat(NameOf(room), $"viewer {viewer}");
        }
    }

    [Fact]
    public async Task Rooms_SwitchedAThousandTimes_LeaveNoWatchAndNeverMix()
    {
        Fill();
        var page = Render<CountingPage>(parameters => parameters.Add(shown => shown.RoomId, NameOf(0)));
        var random = new Random(17);
        var last = 0;
        async Task SwitchAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var next = (last + 1 + random.Next(4)) % Rooms; // four in a row are four rooms
                last = next;
                page.Render(parameters => parameters.Add(shown => shown.RoomId, NameOf(next)));
                if (random.Next(3) == 0)
                    await Task.Yield(); // gates end in between, or do not
            }
        }

        for (var turn = 0; turn < 250; turn++)
        {
            var hold = page.Instance.Hold();
            await SwitchAsync(1);
            await page.Instance.Reached.WaitAsync(TimeSpan.FromSeconds(10), Cancellation); // this room's read, or one before it, is under way
            await SwitchAsync(3);
            if (turn % 2 == 0)
                Time.Advance(RenderThrottle.ShortestPause);
            hold.SetResult(); // and comes back three rooms later
        }
        await PassUntilAsync(() => page.Instance.Shown is { } shown && shown == $"{NameOf(last)}: {last}" && Watches() == 1);

        Assert.InRange(page.Instance.Late, 250, int.MaxValue);
        Assert.Empty(page.Instance.Mixed);
        Assert.Equal(1, Engine.Explain(NameOf(last)).Watches);
        await page.Instance.DisposeAsync();
        Assert.Equal(0, Watches());
        Assert.Equal(0, Time.Timers);
    }

    [Fact]
    public async Task Page_LeftWhileItsFormerGateEnds_OpensNone()
    {
        Fill();
        var page = Render<CountingPage>(parameters => parameters.Add(shown => shown.RoomId, NameOf(1)));
        await PassUntilAsync(() => page.Instance.Shown == "room-1: 1");
        var hold = page.Instance.Hold();
        Beat(NameOf(1), "late"); // the gate renders, and its read is held
        await PassUntilAsync(() => page.Instance.Reached.IsCompleted);

        page.Render(parameters => parameters.Add(shown => shown.RoomId, NameOf(2)));
        page.Render(parameters => parameters.Add(shown => shown.RoomId, NameOf(3)));
        var leaving = page.InvokeAsync(() => page.Instance.DisposeAsync().AsTask());
        hold.SetResult();
        await leaving.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        await PassUntilAsync(() => Watches() == 0);
        Assert.Empty(page.Instance.Mixed);
    }

    [Fact]
    public async Task Read_OfTheFormerRoom_ComesBackLateAndIsNotShown()
    {
        Fill();
        var page = Render<CountingPage>(parameters => parameters.Add(shown => shown.RoomId, NameOf(5)));
        await PassUntilAsync(() => page.Instance.Shown == "room-5: 5");
        var hold = page.Instance.Hold();
        Beat(NameOf(5), "late");
        await PassUntilAsync(() => page.Instance.Reached.IsCompleted);

        page.Render(parameters => parameters.Add(shown => shown.RoomId, NameOf(7)));
        Assert.Equal("room-7: nothing", page.Instance.Shown);
        hold.SetResult();
        await PassUntilAsync(() => page.Instance.Shown == "room-7: 7");

        Assert.Empty(page.Instance.Mixed);
    }

    [Fact]
    public async Task Gate_WhoseRenderThrows_EndsItsWatch()
    {
        await using var gate = new RenderThrottle(
            Time,
            Services.GetRequiredService<PageVisibility>(),
            Services.GetRequiredService<CircuitClock>(),
            Engine.Watch(NameOf(1)),
            _ => throw new InvalidOperationException("broken"));

        gate.Request();

        await PassUntilAsync(() => Engine.Explain(NameOf(1)).Watches == 0);
    }

    [Fact]
    public async Task RoomPage_AnotherRoomWhileItIsRead_ShowsNothingOfTheFormer()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);
        authentication.Mend(ModeratorRole.Moderator);
        Beat("first", "ada");
        Beat("first", "grace");
        Beat("second", "linus");
        var page = Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "first"));
        await PassUntilAsync(() => page.AllByTestId("viewer-name").Count == 2);

        authentication.Hold();
        page.Render(parameters => parameters.Add(shown => shown.RoomId, "second"));

        Assert.Contains("second", page.Find("h1").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.AllByTestId("viewer-count"));
        Assert.DoesNotContain("grace", page.Markup, StringComparison.Ordinal);
        authentication.Mend(ModeratorRole.Moderator);
        await PassUntilAsync(() => page.AllByTestId("viewer-count").Count == 1 && page.AllByTestId("viewer-name").Count == 1);
        Assert.Equal("1", page.ByTestId("viewer-count").TextContent);
        await PassUntilAsync(() => (Engine.Explain("first").Watches, Engine.Explain("second").Watches) == (0, 1)); // the former gate ends behind the new one
    }

    private int Watches() => Enumerable.Range(0, Rooms).Sum(room => Engine.Explain(NameOf(room)).Watches);

    private static string NameOf(int room) => string.Create(CultureInfo.InvariantCulture, $"room-{room}");

    private sealed class CountingPage : LivePage<RoomSummary>
    {
        private Task _held = Task.CompletedTask;
        private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _turn;

        [Parameter]
        public string RoomId { get; set; } = "";

        public string? Shown { get; private set; }

        /// <summary>Completes when a read waits for the latest <see cref="Hold"/>.</summary>
        public Task Reached => _reached.Task;

        /// <summary>How many reads came back when another room was asked for.</summary>
        public int Late { get; private set; }

        public List<string> Mixed { get; } = [];

        protected override string Watched => RoomId;

        /// <summary>The next reads wait.</summary>
        public TaskCompletionSource Hold()
        {
            var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _held = hold.Task;
            return hold;
        }

        protected override async ValueTask<RoomSummary> ReadAsync()
        {
            var roomId = RoomId;
            if (_turn++ % 2 == 0)
                await Task.Yield();
            if (!_held.IsCompleted)
                _reached.TrySetResult();
            await _held;
            if (roomId != RoomId)
                Late++;
            return (await Presence.ReadRoomRowsAsync([roomId]))[0].Room;
        }

        protected override DirtyWatch OpenWatch() => Presence.WatchRoom(RoomId);

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            Shown = Reading is null ? $"{RoomId}: nothing" : string.Create(CultureInfo.InvariantCulture, $"{RoomId}: {Reading.Count.Viewers}");
            if (Reading is not null && Reading.RoomId != RoomId)
                Mixed.Add($"{Reading.RoomId} as {RoomId}");
            builder.AddContent(0, Shown);
        }
    }
}
