using Presence.Client.Http;

namespace Presence.Client.Heartbeats;

/// <summary>Sends heartbeats, one after the other, from <see cref="Begin"/> until it is stopped or refused. Then it leaves.</summary>
/// <remarks>
/// <para><b>Threads.</b> What is not its own task's alone stands under the app's lock. Alarms are rung, listeners told and requests
/// taken back outside of it.</para>
/// </remarks>
internal sealed class HeartbeatLoop : ISessionClaimant, IAppListener
{
    private readonly ViewerApi _server;
    private readonly PresenceApp _app;
    private readonly IHeartbeatKind _pulse;
    private readonly Action<PresenceState> _onStateNeedsLock;
    private readonly Action _deliver;
    private readonly WakeTimer _wakeTimer;
    private readonly CancellationTokenSource _isStopping = new();
    private readonly TaskCompletionSource<bool> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _ended = new();
    private PresenceState _state = PresenceState.Starting;
    private string? _key;
    private SharedSession? _session;
    private CancellationTokenSource? _inFlight;
    private Task _leftInHaste = Task.CompletedTask;
    private ViewerState? _said;
    private int _failures;
    private int _timesOff;
    private bool _isAttempting;
    private bool _isOver;
    private bool _isSilent;
    private bool _mayBeCounted;

    /// <param name="server">Where to.</param>
    /// <param name="pulse">What is sent.</param>
    /// <param name="onStateNeedsLock">Takes every new state, under the app's lock.</param>
    /// <param name="deliver">Hands on to listeners what the former left for them, outside of the lock.</param>
    public HeartbeatLoop(ViewerApi server, IHeartbeatKind pulse, Action<PresenceState> onStateNeedsLock, Action deliver)
    {
        _server = server;
        _app = server.App;
        _pulse = pulse;
        _onStateNeedsLock = onStateNeedsLock;
        _deliver = deliver;
        _wakeTimer = new WakeTimer(server.Time);
        // The state reports failures too, so an ignored task must not raise an unobserved exception.
        _ = _started.Task.ContinueWith(static started => _ = started.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>What the viewer does is something else than the last heartbeat said.</summary>
    private bool HasNewsNeedsLock => _state.Status == PresenceStatus.Present && _said is { } said && (_pulse.ViewerState != said || _pulse.HasNews);

    /// <summary>Completed by the first heartbeat that is taken, faulted by the first refusal.</summary>
    public Task Started => _started.Task;

    /// <summary>Completed when the session is left, or handed on; never faulted.</summary>
    public Task Ended => _ended.Task;

    /// <param name="after">What has to end first: the session in another room. Never faulted.</param>
    public void Begin(Task after)
    {
        lock (_app.Gate)
            Report(_state);
        _deliver();
        _app.Listen(this);
        _ = RunAsync(after);
    }

    /// <summary>From here on it tells nothing. <see cref="Stop"/> follows, outside of the lock.</summary>
    public void SilenceNeedsLock() => _isOver = _isSilent = true;

    public void Stop()
    {
        _started.TrySetException(new PresenceException(PresenceErrorKind.Stopped, "Stopped before a heartbeat was accepted."));
        _isStopping.Cancel();
        _wakeTimer.Ring();
    }

    /// <summary>
    /// What the viewer does has changed; said at once, unless an attempt is waited for anyway, or under way: a ring then would cut
    /// short the wait after one that fails.
    /// </summary>
    public void ViewerStateChanged()
    {
        bool isNews;
        lock (_app.Gate)
            isNews = !_isAttempting && HasNewsNeedsLock;
        if (isNews)
            _wakeTimer.Ring();
    }

    public void TakeOver()
    {
        Count(timesOff: 0);
        _wakeTimer.Ring();
    }

    /// <summary>While presence is off: asks now, or has it asked by the one who sends the heartbeats.</summary>
    public void Resume()
    {
        ISessionClaimant? sender;
        lock (_app.Gate)
            sender = _state.Status == PresenceStatus.Disabled ? _session?.SenderNeedsLock : null;
        sender?.TakeOver();
    }

    public void MirrorNeedsLock(PresenceState state)
    {
        _state = state;
        if (state.Status == PresenceStatus.Present)
            _started.TrySetResult(true);
        else if (state.Status is PresenceStatus.Disabled or PresenceStatus.Refused)
            _started.TrySetException(state.Error!);
        Report(state);
    }

    public void Deliver() => _deliver();

    void IAppListener.VisibilityChanged() => ViewerStateChanged();

    void IAppListener.NetworkReturned()
    {
        bool isWaiting;
        lock (_app.Gate)
            isWaiting = _state.Error?.Kind == PresenceErrorKind.Unavailable;
        if (isWaiting)
            _wakeTimer.Ring();
    }

    void IAppListener.Resumed() => _wakeTimer.Ring();

    Task IAppListener.SuspendAsync()
    {
        CancellationTokenSource? inFlight;
        bool leaves;
        lock (_app.Gate)
        {
            inFlight = _inFlight;
            leaves = _mayBeCounted;
            _mayBeCounted = false;
        }
        inFlight?.Cancel();
        _wakeTimer.Ring();
        return leaves ? _leftInHaste = TryAsync(_pulse.LeaveInHasteAsync) : Task.CompletedTask;
    }

    private async Task RunAsync(Task after)
    {
        await after.ConfigureAwait(false);
        while (!IsOver())
        {
            TimeSpan pause;
            try
            {
                pause = await BeatAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                pause = Failed(PresenceException.Of(exception));
            }
            if (!IsOver())
                await _wakeTimer.WaitAsync(pause).ConfigureAwait(false);
        }
        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>One heartbeat, if it is this one's to send; how long to wait after it.</summary>
    private async Task<TimeSpan> BeatAsync()
    {
        if (_app.IsSuspended)
            return Timeout.InfiniteTimeSpan;
        lock (_app.Gate)
            _isAttempting = true;
        await _leftInHaste.ConfigureAwait(false); // otherwise it would overtake the heartbeat after returning
        var subject = await _server.SubjectAsync(_isStopping.Token).ConfigureAwait(false);
        var inFlight = new CancellationTokenSource();
        bool isOurs;
        lock (_app.Gate)
        {
            isOurs = IsToSendNeedsLock(subject);
            if (isOurs)
            {
                _said = _pulse.ViewerState;
                _mayBeCounted = true;
                _inFlight = inFlight;
            }
        }
        if (!isOurs)
        {
            _deliver(); // events of the sender from the time this one joined
            return Timeout.InfiniteTimeSpan;
        }

        try
        {
            var receipt = await Deadline.KeepAsync(_server.Time, _pulse.BeatAsync, inFlight.Token, RetryPolicy.AttemptLimit(Receipt())).ConfigureAwait(false);
            _failures = 0;
            Count(timesOff: 0);
            return Publish(new PresenceState(PresenceStatus.Present) { Receipt = receipt, NextHeartbeatAt = _server.Time.GetUtcNow() + receipt.NextHeartbeatIn }, receipt.NextHeartbeatIn);
        }
        finally
        {
            lock (_app.Gate)
                _inFlight = null;
        }
    }

    private bool IsToSendNeedsLock(string subject)
    {
        if (_isOver || _app.IsSuspended)
            return false;
        if (_session is null)
        {
            _key = $"{_server.BaseUrl} {subject} {_pulse.Key}";
            _session = _app.ClaimNeedsLock(_key, this);
        }
        return _session.IsOfNeedsLock(this);
    }

    private TimeSpan Failed(PresenceException error)
    {
        var chance = _server.Jitter();
        PresenceState? refused = null;
        HeartbeatReceipt? receipt;
        lock (_app.Gate)
        {
            if (_isOver || _app.IsSuspended)
                return Timeout.InfiniteTimeSpan; // stopped by this client
            receipt = _state.Receipt;
            if (error.IsFinal)
            {
                _isOver = true;
                _mayBeCounted = false;
                refused = new PresenceState(PresenceStatus.Refused) { Error = error, Receipt = receipt };
                MirrorNeedsLock(refused); // not passed on to followers, whose tokens can be valid
            }
            else if (error.Kind == PresenceErrorKind.Disabled)
            {
                _mayBeCounted = false;
            }
        }
        if (refused is not null)
        {
            _deliver();
            return TimeSpan.Zero;
        }
        if (error.Kind == PresenceErrorKind.Disabled)
            return Publish(PresenceStatus.Disabled, error, receipt, RetryPolicy.SlowDelay(chance, Count(timesOff: null)));
        // Some devices wrongly report that they are offline, so the client tries first and then from time to time.
        if (!_server.IsOnline)
            return Publish(PresenceStatus.Offline, error, receipt, RetryPolicy.SlowDelay(chance));
        return Publish(PresenceStatus.Retrying, error, receipt, RetryPolicy.Delay(_failures++, error, chance, receipt?.HeartbeatInterval));
    }

    private TimeSpan Publish(PresenceStatus status, PresenceException error, HeartbeatReceipt? receipt, TimeSpan wait) =>
        Publish(new PresenceState(status) { Error = error, Receipt = receipt, NextHeartbeatAt = _server.Time.GetUtcNow() + wait }, wait);

    private TimeSpan Publish(PresenceState state, TimeSpan wait)
    {
        IReadOnlyList<ISessionClaimant> followers;
        lock (_app.Gate)
        {
            _isAttempting = false;
            _session?.PublishNeedsLock(state);
            followers = _session?.FollowersNeedsLock ?? [];
            MirrorNeedsLock(state);
            if (HasNewsNeedsLock)
                wait = TimeSpan.Zero; // the state changed during this heartbeat
        }
        _deliver();
        foreach (var follower in followers)
            follower.Deliver();
        return wait;
    }

    private async Task EndAsync()
    {
        _app.Unlisten(this);
        bool leaves;
        lock (_app.Gate)
            leaves = _mayBeCounted && _session is not { HasFollowersNeedsLock: true };
        // Sent after the last heartbeat's reply, so that a leave can't overtake it.
        if (leaves)
            await TryAsync(_pulse.LeaveAsync).ConfigureAwait(false);

        ISessionClaimant? next;
        lock (_app.Gate)
        {
            next = _session?.ReleaseNeedsLock(this);
            if (_session is { IsEmptyNeedsLock: true })
                _app.ForgetNeedsLock(_key!);
        }
        _wakeTimer.Dispose();
        next?.TakeOver();
        _ended.SetResult(true);
    }

    /// <summary>How often presence was found off before, in a row; from here on so often, or once more.</summary>
    private int Count(int? timesOff)
    {
        lock (_app.Gate)
        {
            var before = _timesOff;
            _timesOff = timesOff ?? before + 1;
            return before;
        }
    }

    private HeartbeatReceipt? Receipt()
    {
        lock (_app.Gate)
            return _state.Receipt;
    }

    private bool IsOver()
    {
        lock (_app.Gate)
            return _isOver;
    }

    private void Report(PresenceState state)
    {
        if (!_isSilent)
            _onStateNeedsLock(state);
    }

    /// <summary>Tried once: what is not heard of it, the presence timeout does.</summary>
    private static async Task TryAsync(Func<Task> leave)
    {
        try
        {
            await leave().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PresenceException or OperationCanceledException)
        {
            // The viewer counts until the timeout.
        }
    }
}

/// <summary>What kind of heartbeat is sent: a room's, or a user's.</summary>
internal interface IHeartbeatKind
{
    /// <summary>Tells sessions of one user apart.</summary>
    string Key { get; }

    /// <summary>What the next heartbeat would say of the viewer.</summary>
    ViewerState ViewerState { get; }

    /// <summary>There is something else to say at once.</summary>
    bool HasNews { get; }

    Task<HeartbeatReceipt> BeatAsync(CancellationToken cancellationToken);

    Task LeaveAsync();

    /// <summary>A leave that waits for nothing, while the app is put aside.</summary>
    Task LeaveInHasteAsync();
}
