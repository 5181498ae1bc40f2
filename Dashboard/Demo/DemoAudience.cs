using Presence.Client;
using Presence.Dashboard.Simulation;

namespace Presence.Dashboard.Demo;

/// <summary>Plays a scenario: lets everybody come, look away and go when it is time. Heartbeats are the clients' own affair.</summary>
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

    /// <summary>Everybody is gone without a word: the server they talk to goes too.</summary>
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
