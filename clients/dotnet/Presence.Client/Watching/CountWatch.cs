using Presence.Client.Heartbeats;
using Presence.Client.Http;

namespace Presence.Client.Watching;

/// <summary>
/// The count of one room for any number of watchers, over the app's stream. Rests while the app is in the background: nobody sees a
/// number there.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> One task runs while somebody watches. What others reach stands under the app's lock; streams are ended and
/// watchers told outside of it.</para>
/// </remarks>
internal sealed class CountWatch : IAppListener
{
    private const int FailuresBeforePolling = 3;
    private const int PollsBeforeStreaming = 10;

    private readonly ViewerApi _server;
    private readonly PresenceApp _app;
    private readonly CountWatchSource _source;
    private readonly HashSet<CountWatcher> _watchers = [];
    private WakeTimer _wakeTimer;
    private HeartbeatReceipt? _askedBeside; // a receipt without a count; the next one has it
    private CancellationTokenSource? _round;
    private bool _isRoundOver;
    private bool _isRunning;
    private int? _count;
    private int _failures;
    private int _pollsLeft;
    private int _timesOff;

    public CountWatch(ViewerApi server, CountWatchSource source)
    {
        _server = server;
        _app = server.App;
        _source = source;
        _wakeTimer = new WakeTimer(server.Time);
    }

    /// <summary>A heartbeat that asks for the count saves a request.</summary>
    public bool IsPollingNeedsLock => _isRunning && (_pollsLeft > 0 || !_server.ReadsStreams);

    public void Add(CountWatcher watcher)
    {
        bool starts;
        lock (_app.Gate)
        {
            _watchers.Add(watcher);
            if (_isRunning && _count is { } count)
                watcher.Offer(count);
            starts = !_isRunning;
            _isRunning = true;
            if (starts)
                _wakeTimer = new WakeTimer(_server.Time); // earlier rings don't apply to this run
        }
        if (starts)
            _ = RunAsync();
    }

    public void Remove(CountWatcher watcher)
    {
        bool isLast;
        lock (_app.Gate)
            isLast = _watchers.Remove(watcher) && _watchers.Count == 0;
        if (isLast)
            Wake();
    }

    /// <summary>Ends every watcher.</summary>
    public void End()
    {
        lock (_app.Gate)
        {
            foreach (var watcher in _watchers)
                watcher.End(error: null);
            _watchers.Clear();
        }
        Wake();
    }

    /// <summary>Another room: from here on nothing of the old one is told. <see cref="Wake"/> follows, outside of the lock.</summary>
    public void RestartNeedsLock()
    {
        _isRoundOver = true;
        _count = null;
        _failures = _pollsLeft = _timesOff = 0;
        foreach (var watcher in _watchers)
            watcher.Forget();
    }

    public void OfferNeedsLock(int? count)
    {
        if (IsPollingNeedsLock && count is { } told)
            TellNeedsLock(told);
    }

    /// <summary>While presence is off: asks now.</summary>
    public void Resume()
    {
        bool isOff;
        lock (_app.Gate)
        {
            isOff = _timesOff > 0;
            _timesOff = 0;
        }
        if (isOff)
            Wake();
    }

    /// <summary>Cancels its current work or wait, and starts again.</summary>
    public void Wake()
    {
        CancellationTokenSource? round;
        lock (_app.Gate)
            round = _round;
        _wakeTimer.Ring();
        round?.Cancel(); // last, because code that continues from here waits again and must not get this ring
    }

    void IAppListener.VisibilityChanged() => Wake();

    void IAppListener.Resumed() => Wake();

    void IAppListener.NetworkReturned()
    {
        // Attempts are rare enough already.
    }

    Task IAppListener.SuspendAsync()
    {
        Wake();
        return Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        _app.Listen(this);
        while (Goes())
        {
            TimeSpan pause;
            try
            {
                pause = await RoundAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                pause = Failed(PresenceException.Of(exception)) ?? TimeSpan.Zero;
            }
            await _wakeTimer.WaitAsync(pause).ConfigureAwait(false);
        }
    }

    private bool Goes()
    {
        lock (_app.Gate)
        {
            if (_watchers.Count > 0)
                return true;
            _isRunning = false;
            _count = null;
            _wakeTimer.Dispose();
            _app.Unlisten(this); // the lock is re-entrant
            return false;
        }
    }

    /// <summary>One look at the count, which may be a long one; how long to wait before the next.</summary>
    private async Task<TimeSpan> RoundAsync()
    {
        var round = new CancellationTokenSource();
        string roomId;
        bool polls;
        lock (_app.Gate)
        {
            if (_watchers.Count == 0)
                return TimeSpan.Zero;
            if (_app.IsResting)
                return Timeout.InfiniteTimeSpan;
            roomId = _source.RoomIdNeedsLock();
            polls = IsPollingNeedsLock;
            if (_pollsLeft > 0)
                _pollsLeft--;
            _round = round;
            _isRoundOver = false;
        }
        try
        {
            return polls ? await PollAsync(RoomPath.Of(roomId), round).ConfigureAwait(false) : await FollowAsync(roomId, round).ConfigureAwait(false);
        }
        catch (Exception) when (IsOver(round))
        {
            return TimeSpan.Zero; // woken, or watching another room: how the round ended doesn't matter
        }
        finally
        {
            lock (_app.Gate)
                _round = null;
        }
    }

    /// <summary>Follows the stream, until the count has to be had elsewhere.</summary>
    private async Task<TimeSpan> FollowAsync(string roomId, CancellationTokenSource round)
    {
        var follower = new CountFollower(_server, roomId, count => Tell(count, round), error => IsOver(round) ? TimeSpan.Zero : Failed(error)) { Hear = _source.Hear };
        var pause = await _app.CountsOf(_server).FollowAsync(follower, round.Token).ConfigureAwait(false);
        return IsOver(round) ? TimeSpan.Zero : pause ?? PollInstead();
    }

    private async Task<TimeSpan> PollAsync(string path, CancellationTokenSource round)
    {
        HeartbeatReceipt? receipt;
        lock (_app.Gate)
            receipt = _source.FreshReceiptNeedsLock();
        if (receipt is null || (receipt.Count is null && receipt != _askedBeside))
        {
            Tell((await _server.ReadAsync(path + "/users/count", PresenceJson.Default.RoomCount, round.Token).ConfigureAwait(false)).Count, round);
            _askedBeside = receipt;
        }

        var interval = receipt?.HeartbeatInterval ?? await IntervalAsync(round.Token).ConfigureAwait(false);
        _failures = 0;
        return IsOver(round) ? TimeSpan.Zero : RetryPolicy.Spread(interval, _server.Jitter());
    }

    private async Task<TimeSpan> IntervalAsync(CancellationToken cancellationToken)
    {
        var settings = await _server.ReadAsync(PresenceSettingsAnswer.Path, PresenceJson.Default.PresenceSettingsAnswer, cancellationToken).ConfigureAwait(false);
        return settings.Network is { HeartbeatInterval: > 0 and < 86_400 and var seconds } ? TimeSpan.FromSeconds(seconds) : throw PresenceException.NotOfThisServer();
    }

    private bool IsOver(CancellationTokenSource round)
    {
        lock (_app.Gate)
            return IsOverNeedsLock(round);
    }

    private bool IsOverNeedsLock(CancellationTokenSource round) => _round != round || _isRoundOver || round.IsCancellationRequested;

    private TimeSpan PollInstead()
    {
        lock (_app.Gate)
            _pollsLeft = PollsBeforeStreaming;
        return TimeSpan.Zero;
    }

    /// <summary>How long to wait before the next look; null to wait for the stream, which tries again by itself.</summary>
    private TimeSpan? Failed(PresenceException error)
    {
        bool isPolling;
        lock (_app.Gate)
            isPolling = IsPollingNeedsLock;
        // The route doesn't exist or allows no more streams, but the count can still be polled.
        if (!isPolling && (error.Kind == PresenceErrorKind.Limited || error is { Kind: PresenceErrorKind.Refused, Status: not 403 }))
            return PollInstead();

        Tell(error);
        if (error.Kind == PresenceErrorKind.Disabled)
            return RetryPolicy.SlowDelay(_server.Jitter(), TakeTimeOff());
        _failures++;
        if (isPolling || error.IsFinal)
            return RetryPolicy.Delay(_failures, error, _server.Jitter());
        return _failures < FailuresBeforePolling ? null : PollInstead();
    }

    /// <summary>How often presence was found off before, in a row.</summary>
    private int TakeTimeOff()
    {
        lock (_app.Gate)
            return _timesOff++;
    }

    private void Tell(PresenceException error)
    {
        lock (_app.Gate)
        {
            foreach (var watcher in _watchers)
            {
                if (error.IsFinal)
                    watcher.End(error);
                else if (watcher.OnTrouble is { } onTrouble)
                    _source.Report(() => onTrouble(error));
            }
            if (error.IsFinal)
                _watchers.Clear();
        }
        _source.Deliver();
    }

    /// <summary>Unless it is of a round that is over, and with it perhaps of another room.</summary>
    private void Tell(int count, CancellationTokenSource round)
    {
        lock (_app.Gate)
        {
            if (IsOverNeedsLock(round))
                return;
            _failures = _timesOff = 0;
            TellNeedsLock(count);
        }
    }

    private void TellNeedsLock(int count)
    {
        if (count == _count)
            return;
        _count = count;
        foreach (var watcher in _watchers)
            watcher.Offer(count);
    }
}

/// <summary>What a watch asks of the presence it belongs to.</summary>
/// <param name="RoomIdNeedsLock">The room.</param>
/// <param name="FreshReceiptNeedsLock">The last answer to a running heartbeat, which may bring the count; null while heartbeats fail.</param>
/// <param name="Report">Queues a call of the user's code.</param>
/// <param name="Deliver">Makes the calls queued, outside of any lock.</param>
internal sealed record CountWatchSource(Func<string> RoomIdNeedsLock, Func<HeartbeatReceipt?> FreshReceiptNeedsLock, Action<Action> Report, Action Deliver)
{
    /// <summary>Takes what the room's stream tells of the user's invitation.</summary>
    public Action<StageInvitation> Hear { get; init; } = static _ => { };
}

/// <summary>One who wants the count of a room from the app's stream.</summary>
/// <param name="server">The room's server, as this one's token sees it.</param>
/// <param name="roomId">The room.</param>
/// <param name="tell">Takes the counts.</param>
/// <param name="failed">Takes what went wrong; how long it looks elsewhere before it comes back, or null to stay while the stream is tried again.</param>
internal sealed class CountFollower(ViewerApi server, string roomId, Action<int> tell, Func<PresenceException, TimeSpan?> failed)
{
    private readonly TaskCompletionSource<TimeSpan?> _ended = new();

    public ViewerApi Server { get; } = server;

    public string RoomId { get; } = roomId;

    public Action<int> Tell { get; } = tell;

    public Func<PresenceException, TimeSpan?> Failed { get; } = failed;

    /// <summary>Takes what the stream tells of the user's invitation.</summary>
    public Action<StageInvitation> Hear { get; init; } = static _ => { };

    public Task<TimeSpan?> Ended => _ended.Task;

    /// <summary>It leaves the stream. What goes on from here runs at once, so call it outside of locks.</summary>
    public void End(TimeSpan? pause) => _ended.TrySetResult(pause);
}
