using System.Diagnostics;
using Presence.Client.Heartbeats;
using Presence.Client.Http;

namespace Presence.Client;

/// <summary>What room and user presence have in common: a heartbeat that is started, stopped and looked at.</summary>
/// <remarks><b>Threads.</b> Any, for all members.</remarks>
public abstract class HeartbeatSender : IAsyncDisposable
{
    private readonly CancellationToken _stopping;
    private readonly Action<Exception>? _listenerFailed;
    private PresenceState _state = PresenceState.Idle;
    private HeartbeatLoop? _loop;
    private Task _left = Task.CompletedTask;
    private CancellationTokenRegistration _registration;
    private bool _isDisposed;

    private protected HeartbeatSender(PresenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Server = new ViewerApi(options);
        _stopping = options.Stopping;
        _listenerFailed = options.ListenerFailed;
    }

    /// <summary>
    /// Tells every new state, in order: at least once a heartbeat. Called on the thread that brings the news, so return soon; what
    /// it throws ends no heartbeat.
    /// </summary>
    public event EventHandler<PresenceStateChangedEventArgs>? StateChanged;

    /// <summary>How it stands. The same object until something changes.</summary>
    public PresenceState State
    {
        get
        {
            lock (Gate)
                return _state;
        }
    }

    private protected ViewerApi Server { get; }

    private protected EventQueue Events { get; } = new();

    private protected Lock Gate => Server.App.Gate;

    private protected PresenceState StateNeedsLock => _state;

    private protected CancellationToken Stopping => _stopping;

    private protected bool IsBeating
    {
        get
        {
            lock (Gate)
                return _loop is not null;
        }
    }

    /// <summary>
    /// Sends a heartbeat now, and then whenever the server asks for one. Calling it again while it runs changes nothing; after a
    /// refusal it begins anew.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting; the heartbeat that this call began is stopped then.</param>
    /// <returns>Completed when the first one was taken. Need not be waited for: no exception is reported as unobserved.</returns>
    /// <exception cref="PresenceException">
    /// The first one was refused. Of kind <see cref="PresenceErrorKind.Disabled"/>, it goes on asking all the same.
    /// </exception>
    public Task StartHeartbeatAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);

        HeartbeatLoop loop;
        Task after;
        bool begins;
        lock (Gate)
        {
            if (_isDisposed || _stopping.IsCancellationRequested)
                return Stopped();
            begins = _loop is null;
            loop = _loop ??= new HeartbeatLoop(Server, NewPulseNeedsLock(), TakeNeedsLock, Events.Deliver);
            after = _left;
        }
        if (begins)
        {
            loop.Begin(after);
            StopWith(loop);
        }
        return cancellationToken.CanBeCanceled ? WaitAsync(loop, begins, cancellationToken) : loop.Started;
    }

    /// <summary>Ends the heartbeat and leaves.</summary>
    /// <param name="cancellationToken">Gives up waiting, not leaving.</param>
    /// <returns>Completed when the server knows, or could not be told; the presence timeout tells it then.</returns>
    public Task StopHeartbeatAsync(CancellationToken cancellationToken = default)
    {
        HeartbeatLoop? loop;
        Task left;
        lock (Gate)
        {
            loop = _loop;
            if (loop is not null)
            {
                loop.SilenceNeedsLock();
                _left = loop.Ended;
                TakeNeedsLock(PresenceState.Idle);
            }
            left = _left;
        }
        loop?.Stop();
        Events.Deliver();
        return cancellationToken.CanBeCanceled ? WaitAsync(left, cancellationToken) : left;
    }

    /// <summary>
    /// While presence is off: asks again now, in place of after up to 15 min. For an app that heard from elsewhere that it is on
    /// again, or whose viewer comes back to it. Otherwise it changes nothing.
    /// </summary>
    public virtual void Resume()
    {
        HeartbeatLoop? loop;
        lock (Gate)
            loop = _loop;
        loop?.Resume();
    }

    /// <summary>Leaves, as <see cref="StopHeartbeatAsync"/> does, and ends what else it does. It cannot be started again.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (Gate)
            _isDisposed = true;
        End();
        await StopHeartbeatAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>What is sent, as things are when a heartbeat is started.</summary>
    private protected abstract IHeartbeatKind NewPulseNeedsLock();

    /// <summary>A new state, before listeners get it.</summary>
    private protected virtual void StateChangedNeedsLock()
    {
    }

    /// <summary>Whatever else there is to end.</summary>
    private protected virtual void End()
    {
    }

    private protected void ViewerStateChanged()
    {
        HeartbeatLoop? loop;
        lock (Gate)
            loop = _loop;
        loop?.ViewerStateChanged();
    }

    /// <summary>Calls the user's code.</summary>
    private protected void Call(Action listener)
    {
        try
        {
            listener();
        }
        catch (Exception exception)
        {
            if (_listenerFailed is null)
                Trace.TraceError("A listener of the presence client failed: {0}", exception);
            else
                _listenerFailed(exception);
        }
    }

    private void TakeNeedsLock(PresenceState state)
    {
        _state = state;
        if (state.Status is PresenceStatus.Idle or PresenceStatus.Refused)
        {
            _loop = null;
            // A cancellation token can outlive many senders. Disposed outside the lock, because disposal waits for a callback that takes it.
            Events.Add(_registration.Dispose);
            _registration = default;
        }
        StateChangedNeedsLock();
        Events.Add(() => Tell(state));
    }

    private void Tell(PresenceState state)
    {
        var change = new PresenceStateChangedEventArgs(state);
        foreach (var listener in StateChanged?.GetInvocationList() ?? [])
            Call(() => ((EventHandler<PresenceStateChangedEventArgs>)listener)(this, change));
    }

    private void StopWith(HeartbeatLoop loop)
    {
        if (!_stopping.CanBeCanceled)
            return;
        var registration = _stopping.Register(static sender => _ = ((HeartbeatSender)sender!).StopHeartbeatAsync(), this);
        lock (Gate)
        {
            if (_loop == loop)
                _registration = registration;
            else
                Events.Add(registration.Dispose);
        }
        Events.Deliver();
    }

    private async Task WaitAsync(HeartbeatLoop loop, bool began, CancellationToken cancellationToken)
    {
        try
        {
            await WaitAsync(loop.Started, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (began && IsCurrent(loop))
        {
            _ = StopHeartbeatAsync(CancellationToken.None);
            throw;
        }
    }

    private bool IsCurrent(HeartbeatLoop loop)
    {
        lock (Gate)
            return _loop == loop;
    }

    private static async Task WaitAsync(Task task, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.Register(() => cancelled.TrySetResult(true));
        if (await Task.WhenAny(task, cancelled.Task).ConfigureAwait(false) != task)
            cancellationToken.ThrowIfCancellationRequested();
        await task.ConfigureAwait(false);
    }

    private static Task Stopped()
    {
        var stopped = Task.FromException(new PresenceException(PresenceErrorKind.Stopped, "The client was disposed, or its Stopping token was cancelled."));
        _ = stopped.Exception; // observed here, so that an ignored task raises no unobserved exception
        return stopped;
    }
}

/// <summary>What the server answered to a heartbeat it took.</summary>
public sealed class HeartbeatReceipt
{
    /// <summary>How often heartbeats are asked for.</summary>
    public TimeSpan HeartbeatInterval { get; internal init; }

    /// <summary>When the next one is due, from the answer on; varies a little, so that a crowd spreads out.</summary>
    public TimeSpan NextHeartbeatIn { get; internal init; }

    /// <summary>How long this heartbeat counts. Not said of user presence.</summary>
    public TimeSpan? PresenceTimeout { get; internal init; }

    /// <summary>Rises with every change of the settings. Not said of user presence.</summary>
    public int? SettingsVersion { get; internal init; }

    /// <summary>The room's viewers, while their number is watched without an event stream.</summary>
    public int? Count { get; internal init; }

    /// <summary>The viewer's open invitation to the room's stage. Null for none.</summary>
    public StageInvitation? Invitation { get; internal init; }

    /// <summary>The viewer's hand is raised.</summary>
    public bool IsHandRaised { get; internal init; }
}

/// <summary>Spreads crowds out; decides nothing that must not be guessed.</summary>
internal static class Jitter
{
#if NET
    public static double Next() => Random.Shared.NextDouble();
#else
    private static readonly Lock Gate = new();
    private static readonly Random Source = new();

    public static double Next()
    {
        lock (Gate)
            return Source.NextDouble();
    }
#endif
}
