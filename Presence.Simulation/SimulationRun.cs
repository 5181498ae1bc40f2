using Presence.Client;

namespace Presence.Simulation;

/// <summary>One run: viewers join, stay and are replaced, hold still, are compared with the server's counts, and leave.</summary>
internal sealed class SimulationRun : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(1);

    private readonly SimulateOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<SimulationProgress> _progress;
    private readonly SocketsHttpHandler _connections;
    private readonly NetworkConditions _conditions;
    private readonly Crowd _crowd;
    private readonly CountVerifier _check;
    private readonly Traffic _traffic;
    private readonly List<CountedMoment> _course = [];
    private long _beganAt;
    private TimeSpan _sampledAt;
    private int _failedSamples;

    /// <param name="options">What is asked for.</param>
    /// <param name="time">The clock everything lives by.</param>
    /// <param name="progress">Hears how it goes, about once a second.</param>
    public SimulationRun(SimulateOptions options, TimeProvider time, Action<SimulationProgress> progress)
    {
        _options = options;
        _time = time;
        _progress = progress;
        _connections = options.NewConnections();
        _conditions = new NetworkConditions(time, options.Lossy);
        _traffic = new Traffic(time);
        _crowd = new Crowd(options, _connections, _conditions, _traffic, time);
        _check = new CountVerifier(options, _crowd, time);
    }

    public void Dispose()
    {
        _check.Dispose();
        _connections.Dispose();
    }

    /// <summary>Runs it.</summary>
    /// <param name="interrupted">Ends the run early. All viewers still leave with a request.</param>
    /// <exception cref="HttpRequestException">The server was not there at the beginning, or refused.</exception>
    /// <exception cref="PresenceException">The same, from a login.</exception>
    public async Task<SimulationReport> RunAsync(CancellationToken interrupted)
    {
        var interval = await _check.IntervalAsync(interrupted);
        _beganAt = _time.GetTimestamp();
        var end = _options.Arrival + _options.Duration;
        await PlayAsync(() => Elapsed >= end, churns: true, interrupted);

        // A client that failed retries within an interval, and counts are up to a second old.
        _conditions.Clear();
        var still = Elapsed + interval + TimeSpan.FromSeconds(2);
        await PlayAsync(() => Elapsed >= still, churns: false, interrupted);
        var rooms = await CompareAsync(interval, interrupted);
        var ended = Elapsed;
        var course = _course.ToArray();

        await _crowd.LeaveAsync();
        await SampleAsync(CancellationToken.None);
        return new SimulationReport
        {
            Options = _options,
            Interval = interval,
            Ended = ended,
            WasInterrupted = interrupted.IsCancellationRequested,
            Traffic = _traffic,
            Samples = _check.Samples,
            FailedSamples = _failedSamples,
            Course = course,
            Rooms = rooms,
            CountedAfterLeaving = _check.Rooms.Sum(room => room.Count),
            WrongAfterLeaving = _check.Rooms.Count(room => room.Deviation != 0),
        };
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_beganAt);

    private async Task PlayAsync(Func<bool> isOver, bool churns, CancellationToken interrupted)
    {
        using var timer = new PeriodicTimer(Step, _time);
        try
        {
            while (!isOver() && await timer.WaitForNextTickAsync(interrupted))
            {
                _crowd.StepTo(Elapsed, churns && Elapsed > _options.Arrival);
                if (Elapsed - _sampledAt >= BetweenSamples)
                    await SampleAsync(interrupted);
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Then all viewers leave.
        }
    }

    /// <summary>The end: within one interval without joins and leaves, every count must be right.</summary>
    private async Task<IReadOnlyList<RoomVerdict>> CompareAsync(TimeSpan interval, CancellationToken interrupted)
    {
        var end = Elapsed + interval;
        await SampleAsync(CancellationToken.None);
        await PlayAsync(() => _check.Rooms.All(room => room.Deviation == 0) || Elapsed >= end, churns: false, interrupted);
        return [.. _check.Rooms.Select(RoomVerdict.Of)];
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        _sampledAt = Elapsed;
        try
        {
            await _check.SampleAsync(cancellationToken);
            _course.Add(CountedMoment.Of(Elapsed, _check.Rooms));
        }
        catch (Exception exception) when (exception is HttpRequestException or PresenceException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _failedSamples++; // the server is busy or down for a while
        }
        _progress(new SimulationProgress(
            Elapsed,
            _crowd.Present,
            _crowd.Watching,
            _traffic.Heartbeats,
            _traffic.Latency.Percentile(0.95),
            _check.Rooms.Count(room => room.Deviation != 0),
            _failedSamples));
    }
}
