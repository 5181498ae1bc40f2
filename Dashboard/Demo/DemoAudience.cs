namespace Presence.Dashboard.Demo;

/// <summary>Plays a scenario against a server: everything due by an instant, then the next.</summary>
/// <remarks>
/// <para><b>Threads.</b> One step at a time; inside it up to <see cref="RequestsAtOnce"/> requests run together.</para>
/// <para><b>Cost.</b> One entry for each device watching, one request for each of its heartbeats.</para>
/// </remarks>
internal sealed class DemoAudience(DemoScenario scenario, DemoClient client)
{
    private const int RequestsAtOnce = 8;

    private readonly PriorityQueue<DemoSession, TimeSpan> _due = new();

    /// <summary>Devices that watch, or soon will.</summary>
    public int Sessions => _due.Count;

    /// <summary>Does what is due.</summary>
    /// <param name="elapsed">Since the start of the demo; never less than in the last step.</param>
    /// <param name="cancellationToken">Gives up the requests under way.</param>
    public async Task StepAsync(TimeSpan elapsed, CancellationToken cancellationToken)
    {
        foreach (var visit in scenario.AdvanceTo(elapsed))
            _due.Enqueue(new DemoSession(visit), visit.ArrivesAt);

        var batch = new List<DemoSession>();
        while (_due.TryPeek(out _, out var dueAt) && dueAt <= elapsed)
            batch.Add(_due.Dequeue());

        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(batch, parallel, async (session, token) => await ActAsync(session, elapsed, token));
        }
        finally
        {
            foreach (var session in batch.Where(session => !session.IsOver))
                _due.Enqueue(session, session.DueAt);
        }
    }

    private async Task ActAsync(DemoSession session, TimeSpan now, CancellationToken cancellationToken)
    {
        do
        {
            var step = session.Next(now);
            var reply = step switch
            {
                DemoStep.SignIn => await client.SignInAsync(session.Visit, cancellationToken),
                DemoStep.Heartbeat => await client.HeartbeatAsync(session.Visit, session.StateAt(now), session.SettingsVersion, cancellationToken),
                DemoStep.Leave => await client.LeaveAsync(session.Visit, cancellationToken),
                _ => default,
            };
            session.Apply(step, reply, now);
        }
        while (!session.IsOver && session.DueAt <= now); // a login is followed by its first heartbeat
    }
}
