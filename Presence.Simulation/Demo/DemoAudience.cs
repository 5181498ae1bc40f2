using Presence.Client;

namespace Presence.Simulation.Demo;

/// <summary>Plays a scenario: viewers join, hide their tab and leave on schedule. The clients send the heartbeats.</summary>
/// <remarks>
/// <para><b>Threads.</b> One step at a time.</para>
/// <para><b>Cost.</b> One client for each device watching, and its cues.</para>
/// </remarks>
internal sealed class DemoAudience(DemoScenario scenario, DemoCast cast) : IAsyncDisposable
{
    private readonly PriorityQueue<Action, TimeSpan> _cues = new();
    private readonly HashSet<SimulatedViewer> _watching = [];

    /// <summary>Devices that watch.</summary>
    public int Sessions => _watching.Count;

    /// <summary>Does what is due.</summary>
    /// <param name="elapsed">Since the start of the demo; never less than in the last step.</param>
    public void StepTo(TimeSpan elapsed)
    {
        foreach (var visit in scenario.AdvanceTo(elapsed))
            _cues.Enqueue(() => Enter(visit), visit.ArrivesAt);

        while (_cues.TryPeek(out var cue, out var dueAt) && dueAt <= elapsed)
        {
            _cues.Dequeue();
            cue();
        }
    }

    /// <summary>All viewers stop without a leave request, because the server stops too.</summary>
    public async ValueTask DisposeAsync()
    {
        var watching = _watching.ToArray();
        _watching.Clear();
        _cues.Clear();
        foreach (var viewer in watching)
            await viewer.DisposeAsync();
    }

    private void Enter(DemoVisit visit)
    {
        var viewer = cast.Play(visit);
        _watching.Add(viewer);
        viewer.Enter();

        if (visit.Away != ViewerState.Visible && visit.AwayFrom < visit.LeavesAt)
        {
            _cues.Enqueue(() => viewer.Show(visit.Away), visit.AwayFrom);
            if (visit.AwayUntil < visit.LeavesAt)
                _cues.Enqueue(() => viewer.Show(ViewerState.Visible), visit.AwayUntil);
        }
        _cues.Enqueue(() => Go(visit, viewer), visit.LeavesAt);
    }

    private void Go(DemoVisit visit, SimulatedViewer viewer)
    {
        _watching.Remove(viewer);
        _ = visit.Ending == DemoEnding.Leaves ? viewer.LeaveAsync() : viewer.VanishAsync();
    }
}

/// <summary>A made-up person.</summary>
/// <param name="UserId">The id to sign in with; null for a guest, whom the server names.</param>
/// <param name="DisplayName">The name to show; null for a guest.</param>
/// <param name="Key">What the devices of this viewer are named after.</param>
internal sealed record DemoViewer(string? UserId, string? DisplayName, string Key)
{
    public bool IsGuest => UserId is null;
}

/// <summary>One device of one viewer watching one room for a while, decided in full before it begins. Instants count from the start of the demo.</summary>
internal sealed record DemoVisit
{
    /// <summary>1 for the first visit of the demo, 2 for the next.</summary>
    public required int Number { get; init; }

    public required DemoViewer Viewer { get; init; }

    /// <summary>What the viewer watches on: web, ios, android or tv.</summary>
    public required string Device { get; init; }

    /// <summary>The app version it reports. Not all have updated.</summary>
    public string AppVersion => Number % 5 == 0 ? "5.1.3" : "5.2.0";

    public required string RoomId { get; init; }
    public required TimeSpan ArrivesAt { get; init; }
    public required TimeSpan LeavesAt { get; init; }
    public required DemoEnding Ending { get; init; }

    /// <summary>What the screen is in from <see cref="AwayFrom"/> to <see cref="AwayUntil"/>; visible otherwise.</summary>
    public ViewerState Away { get; init; }

    public TimeSpan AwayFrom { get; init; }
    public TimeSpan AwayUntil { get; init; }

    /// <summary>Names the device at login, and with it the session.</summary>
    public string DeviceId => $"{Viewer.Key}-{Device}";

    /// <summary>Apps on phones tell the network that their user is online; pages, sets and guests do not.</summary>
    public bool ShowsOnline => !Viewer.IsGuest && Device is ("ios" or "android");

    public ViewerState StateAt(TimeSpan elapsed) => elapsed >= AwayFrom && elapsed < AwayUntil ? Away : ViewerState.Visible;
}
