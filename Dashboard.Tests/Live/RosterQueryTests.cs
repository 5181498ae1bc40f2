using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

/// <summary>The lines of a roster while a room goes on around them.</summary>
public sealed class RosterQueryTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly PresenceEngine _engine;
    private readonly RosterQuery _reader;
    private readonly FixedState _state = new();

    public RosterQueryTests()
    {
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        _reader = new RosterQuery(new LocalPresence(_engine), new ModeratorGuard(_state), _time);
    }

    [Fact]
    public async Task Read_OfALargeRoom_BringsTheWindowAlone()
    {
        Fill(50_000);
        await _reader.ShowAsync(RosterView.Of("main", null, null, null), open: null);

        var first = await _reader.ReadAsync(0, 30);

        Assert.Equal(50_000, first.Lines);
        Assert.Equal(30, first.Items.Count);
        Assert.Equal("user-49999", first.Items[0].Viewer.UserId);
    }

    [Fact]
    public async Task Read_OfOneSearchAfterAnother_WaitsUntilTheAccountMayLookAtSoMany()
    {
        Fill(3_000);
        _state.Principal.AddIdentity(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "mod")]));
        var reads = new PageReads(new DashboardOptions { Limits = { ReadsPerSecond = 300, ReadBurst = 600 } }, _time); // ten times as much for an account
        var first = new RosterQuery(new LocalPresence(_engine), new ModeratorGuard(_state), _time, reads);
        var second = new RosterQuery(new LocalPresence(_engine), new ModeratorGuard(_state), _time, reads);
        for (var i = 0; i < 2; i++)
        {
            await first.ShowAsync(RosterView.Of("main", $"user-{i}", null, null), open: null);
            await first.ReadAsync(0, 30);
        }
        await second.ShowAsync(RosterView.Of("main", "user-2", null, null), open: null);
        await second.ReadAsync(0, 30); // pays with its next read
        await second.ShowAsync(RosterView.Of("main", "user-3", null, null), open: null);
        await first.ShowAsync(RosterView.Of("main", "user-4", null, null), open: null);
        Assert.True((await first.ReadAsync(0, 30)).Items.Count > 0);

        var waiting = second.ReadAsync(0, 30).AsTask();

        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await waiting).Items.Count > 0);
    }

    [Fact]
    public async Task Read_ScrolledAnywhere_ShowsEveryViewerOnceAlthoughTheRoomChanges()
    {
        Fill(3_000);
        await _reader.ShowAsync(RosterView.Of("main", null, "joined", null), open: null);
        var seen = new List<string>();

        for (var start = 0; start < 3_000; start += 100)
        {
            seen.AddRange((await _reader.ReadAsync(start, 100)).Items.Select(item => item.Viewer.UserId));
            Beat($"late-{start}");
            _engine.Leave("main", $"user-{start / 2}", "");
        }

        Assert.Equal(Enumerable.Range(0, 3_000).Select(user => $"user-{user}"), seen);
        Assert.True(_reader.IsHeld);
    }

    [Fact]
    public async Task Hold_OfAListOfThoseThereForLong_StandsStillUntilLetGo()
    {
        Fill(3);
        Pass(40);
        Fill(6);
        Pass(30); // past a minute for the first three
        Fill(6);
        await _reader.ShowAsync(RosterView.Of("main", null, "joined", null, longer: "1"), open: null);
        Assert.Equal(["user-0", "user-1", "user-2"], Ids(await _reader.ReadAsync(0, 20)));

        await _reader.PointAtAsync(true);
        Pass(31); // and for the others
        Assert.Equal(["user-0", "user-1", "user-2"], Ids(await _reader.ReadAsync(0, 20)));

        await _reader.PointAtAsync(false);
        Assert.Equal(6, (await _reader.ReadAsync(0, 20)).Lines);
    }

    [Fact]
    public async Task Search_OfAListThatWasScrolled_HoldsNobodyOfTheListBefore()
    {
        Fill(60);
        await _reader.ShowAsync(RosterView.Of("main", null, null, null), open: null);
        await _reader.ReadAsync(20, 20);

        await _reader.ShowAsync(RosterView.Of("main", "user-7", null, null), open: null);
        Assert.False(_reader.IsHeld); // it begins at its top
        var window = await _reader.ReadAsync(20, 20);

        Assert.Equal((1, 0), (window.Lines, window.Items.Count));
        Assert.Equal(["user-7"], Ids(await _reader.ReadAsync(0, 20)));
    }

    [Fact]
    public async Task Hold_WhileViewersComeAndGo_MovesNothingAndCountsWhatWaits()
    {
        Fill(40);
        await _reader.ShowAsync(RosterView.Of("main", null, null, null), open: null);
        var before = Ids(await _reader.ReadAsync(0, 20));
        Beat("between"); // after the last read, before the finger
        await _reader.PointAtAsync(true);

        Beat("late-1");
        Beat("late-2");
        _engine.Leave("main", before[3], "");
        var held = await _reader.ReadAsync(0, 20);

        Assert.Equal(before, Ids(held));
        Assert.Equal([before[3]], held.Items.Where(item => item.HasLeft).Select(item => item.Viewer.UserId));
        Assert.Equal(3, await _reader.CountWaitingAsync());

        await _reader.PointAtAsync(false);
        var after = Ids(await _reader.ReadAsync(0, 20));
        Assert.Equal(["late-2", "late-1", "between"], after.Take(3));
        Assert.DoesNotContain(before[3], after);
        Assert.Equal(0, await _reader.CountWaitingAsync());
    }

    [Fact]
    public async Task TakeWaiting_WhilePointedAt_MovesOnceAndStandsStillAgain()
    {
        Fill(40);
        await _reader.ShowAsync(RosterView.Of("main", null, null, null), open: null);
        await _reader.ReadAsync(0, 20);
        await _reader.PointAtAsync(true);
        Beat("late-1");

        await _reader.TakeWaitingAsync();
        Assert.Equal("late-1", Ids(await _reader.ReadAsync(0, 20))[0]);
        Beat("late-2");

        Assert.Equal("late-1", Ids(await _reader.ReadAsync(0, 20))[0]);
        Assert.Equal(1, await _reader.CountWaitingAsync());
    }

    [Fact]
    public async Task Open_OfAViewer_PutsItsSessionsBelowIt()
    {
        Fill(10);
        Beat("user-7", "phone");
        await _reader.ShowAsync(RosterView.Of("main", null, "joined", null), open: "user-7");

        var window = await _reader.ReadAsync(0, 20);
        var scrolled = await _reader.ReadAsync(8, 20);

        Assert.Equal((12, 10), (window.Lines, window.Viewers));
        Assert.Equal([null, "", "phone", null], window.Items.Skip(7).Take(4).Select(item => item.Session?.SessionId));
        Assert.Equal(window.Items.Skip(8).Select(item => item.Key), scrolled.Items.Select(item => item.Key));
        Assert.Equal(window.Items.Count, window.Items.Select(item => item.Key).Distinct().Count());
    }

    [Fact]
    public async Task Filter_OverALargeRoom_IsReadAnewAboutOnceASecond()
    {
        Fill(500);
        Beat("needle-1");
        await _reader.ShowAsync(RosterView.Of("main", "needle", null, null), open: null);
        Assert.Equal(["needle-1"], Ids(await _reader.ReadAsync(0, 20)));
        Beat("needle-2");

        Assert.Equal(["needle-1"], Ids(await _reader.ReadAsync(0, 20)));
        Assert.False(_reader.IsDue);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_reader.IsDue);
        Assert.Equal(["needle-2", "needle-1"], Ids(await _reader.ReadAsync(0, 20)));
    }

    [Fact]
    public async Task Read_AfterManyLinesChanged_IsDueTheLater()
    {
        Fill(40);
        await _reader.ShowAsync(RosterView.Of("main", null, null, null), open: null);
        await _reader.ReadAsync(0, 20);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(_reader.IsDue);
        _time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.True(_reader.IsDue);

        await _reader.ReadAsync(0, 20); // nothing new
        _time.Advance(TimeSpan.FromMilliseconds(251));
        Assert.True(_reader.IsDue);
    }

    [Fact]
    public async Task Read_WithoutARole_IsRefused()
    {
        await _reader.ShowAsync(RosterView.Of("main", null, null, null), open: null);
        _state.Principal = new ClaimsPrincipal(new ClaimsIdentity());

        await Assert.ThrowsAsync<AccessRefusedException>(() => _reader.ReadAsync(0, 20).AsTask());
    }

    public void Dispose() => _engine.Dispose();

    private static string[] Ids(RosterWindow window) => [.. window.Items.Select(item => item.Viewer.UserId)];

    private void Fill(int viewers)
    {
        for (var user = 0; user < viewers; user++)
            Beat($"user-{user}");
    }

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _engine.Sweep(); // a machine that does not sweep sleeps, and skips the time
        }
    }

    private void Beat(string userId, string sessionId = "") =>
        _engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = userId, SessionId = sessionId });

    private sealed class FixedState : AuthenticationStateProvider
    {
        public ClaimsPrincipal Principal { get; set; } = new(new ClaimsIdentity([new Claim(ClaimTypes.Role, nameof(ModeratorRole.Observer))], "test"));

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(Principal));
    }
}
