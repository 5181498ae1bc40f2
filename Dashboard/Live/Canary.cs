using Presence.Engine;
using Presence.Engine.Diagnostics;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>
/// A viewer of the server's own, and a page that watches it: measures all the time how long it takes until a page shows a viewer who came, and one who left.
/// </summary>
/// <remarks>
/// <para><b>What it measures.</b> From the call that a heartbeat's request makes to the reading that a page would draw: lock, signal, the page's throttle, snapshot.
/// The way through HTTP and to the browser is not in it.</para>
/// <para><b>Not counted.</b> It lives in <see cref="PresenceIds.CanaryRoom"/>, which nothing lists or counts.</para>
/// <para><b>Threads.</b> One passes.</para>
/// </remarks>
internal sealed class Canary(IPresence presence, CanaryFigures figures, TimeProvider time, ILogger<Canary>? log = null) : IAsyncDisposable
{
    /// <summary>It comes and goes once in so long.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>What no page shows until then counts as lost.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(5);

    /// <summary>It and the page keep no step with each other: a page draws when a second begins.</summary>
    private const int LongestPauseMilliseconds = 500;

    /// <summary>As many viewers as a room's page reads with its numbers.</summary>
    private static readonly ViewerQuery First = new() { Sort = ViewerSort.LastJoinedFirst, Limit = 60 };

    private static readonly Heartbeat Heartbeat = new() { RoomId = PresenceIds.CanaryRoom, UserId = PresenceIds.CanaryRoom, SessionId = "" };

    private readonly CanaryFigures _figures = On(figures);
    private readonly Lock _lock = new();
    private readonly CircuitClock _clock = new(time);
    private RenderThrottle? _page;
    private TaskCompletionSource<long>? _seen;
    private int _awaited;
    private bool _isAlarm;

    /// <summary>Comes and goes once.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        _page ??= new RenderThrottle(time, new PageVisibility(), _clock, presence.WatchRoom(PresenceIds.CanaryRoom), RenderAsync);
        await PauseAsync(cancellationToken);
        var began = Await(viewers: 1, out var seen);
        var isAccepted = (await presence.HeartbeatAsync(Heartbeat)).Outcome == HeartbeatOutcome.Accepted;
        _figures.Begin(isResting: !isAccepted);
        if (!isAccepted)
            return;
        if (await ShownAsync(began, seen, cancellationToken) is { } heartbeat)
            _figures.HeartbeatShown(heartbeat);

        await PauseAsync(cancellationToken);
        began = Await(viewers: 0, out seen);
        await presence.LeaveAsync(Heartbeat.RoomId, Heartbeat.UserId, Heartbeat.SessionId);
        if (await ShownAsync(began, seen, cancellationToken) is { } leave)
            _figures.LeaveShown(leave);
        Tell(_figures.Read());
    }

    public ValueTask DisposeAsync()
    {
        _clock.Dispose();
        return _page is { } page ? page.DisposeAsync() : ValueTask.CompletedTask;
    }

    private static CanaryFigures On(CanaryFigures figures)
    {
        figures.Begin(isResting: false);
        return figures;
    }

    private Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(LongestPauseMilliseconds)), time, cancellationToken);

    /// <summary>From now on the page is to show so many viewers.</summary>
    private long Await(int viewers, out Task<long> seen)
    {
        var source = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            (_seen, _awaited) = (source, viewers);
        seen = source.Task;
        return time.GetTimestamp();
    }

    /// <summary>How long the page took; null when that is given up.</summary>
    private async Task<TimeSpan?> ShownAsync(long began, Task<long> seen, CancellationToken cancellationToken)
    {
        try
        {
            return time.GetElapsedTime(began, await seen.WaitAsync(LostAfter, time, cancellationToken));
        }
        catch (TimeoutException)
        {
            _figures.Lost();
            return null;
        }
    }

    /// <summary>Reads what a room's page reads, and draws nothing.</summary>
    private async Task RenderAsync(CancellationToken cancellationToken)
    {
        try
        {
            var snapshot = await presence.ReadRoomAsync(PresenceIds.CanaryRoom, First, cancellationToken);
            lock (_lock)
            {
                if (snapshot.Room.Count.Viewers == _awaited)
                    _seen?.TrySetResult(time.GetTimestamp());
            }
        }
#pragma warning disable CA1031 // any failure: a page would show that it failed, and here the measurement is lost
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            log?.LogError(exception, "The canary's page couldn't read its room.");
        }
    }

    private void Tell(CanaryReading reading)
    {
        if (reading.IsAlarm == _isAlarm)
            return;
        _isAlarm = reading.IsAlarm;
        if (_isAlarm)
            log?.LogWarning("Pages show what happens too late: the canary is {State}. 95 % of heartbeats were shown within {Heartbeat}, of leaves within {Leave}.", reading.State, reading.Heartbeat, reading.Leave);
        else
            log?.LogInformation("Pages show what happens in time again.");
    }
}
