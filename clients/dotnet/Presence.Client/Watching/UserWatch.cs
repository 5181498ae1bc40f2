using System.Text.Json;
using Presence.Client.Heartbeats;
using Presence.Client.Http;

namespace Presence.Client.Watching;

/// <summary>Whether some users are online, for one watcher: over a stream, or by asking. Rests while the app is in the background.</summary>
/// <remarks><b>Threads.</b> One task runs until it is disposed. A slow listener hears the latest.</remarks>
internal sealed class UserWatch : IAppListener, IDisposable
{
    public const int MostUsers = 100;

    private const int FailuresBeforePolling = 3;
    private const int PollsBeforeStreaming = 10;

    private readonly ViewerApi _server;
    private readonly string[] _userIds;
    private readonly Action<PresenceException>? _onTrouble;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, bool> _online = new(StringComparer.Ordinal);
    private readonly WakeTimer _wakeTimer;
    private TaskCompletionSource<bool> _news = New();
    private CancellationTokenSource? _round;
    private IReadOnlyList<WatchedUser>? _latest;
    private PresenceException? _error;
    private bool _isOver;
    private int _failures;
    private int _timesOff;
    private int _pollsLeft;

    public UserWatch(ViewerApi server, IEnumerable<string> userIds, Action<PresenceException>? onTrouble)
    {
        (_server, _onTrouble) = (server, onTrouble);
        _userIds = [.. userIds.Distinct(StringComparer.Ordinal)];
        if (_userIds.Length is 0 or > MostUsers)
            throw new ArgumentException($"1 to {MostUsers} users can be watched, not {_userIds.Length}.", nameof(userIds));
        _wakeTimer = new WakeTimer(server.Time);
    }

    public void Start() => _ = RunAsync();

    /// <returns>All of them, when one has changed; null when there will be no more.</returns>
    /// <exception cref="PresenceException">Watching ended with it.</exception>
    public async Task<IReadOnlyList<WatchedUser>?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource<bool> news;
            lock (_lock)
            {
                if (_latest is { } latest)
                {
                    _latest = null;
                    return latest;
                }
                if (_isOver)
                    return _error is null ? null : throw _error;
                if (_news.Task.IsCompleted)
                    _news = New();
                news = _news;
            }
            using (cancellationToken.Register(static waiting => ((TaskCompletionSource<bool>)waiting!).TrySetResult(true), news))
                await news.Task.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => End(error: null);

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

    private void End(PresenceException? error)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _isOver = true;
            _error = error;
            _news.TrySetResult(true);
        }
        Wake();
    }

    private void Wake()
    {
        CancellationTokenSource? round;
        lock (_lock)
            round = _round;
        _wakeTimer.Ring();
        round?.Cancel(); // last, because code that continues from here waits again and must not get this ring
    }

    private async Task RunAsync()
    {
        _server.App.Listen(this);
        while (Begin() is { } round)
        {
            TimeSpan pause;
            try
            {
                pause = await RoundAsync(round).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                pause = round.IsCancellationRequested ? TimeSpan.Zero : Failed(PresenceException.Of(exception));
            }
            await _wakeTimer.WaitAsync(pause).ConfigureAwait(false);
        }
        _server.App.Unlisten(this);
        _wakeTimer.Dispose();
    }

    private CancellationTokenSource? Begin()
    {
        lock (_lock)
            return _round = _isOver ? null : new CancellationTokenSource();
    }

    /// <summary>Asks once, or follows the stream to its end; how long to wait before the next.</summary>
    private async Task<TimeSpan> RoundAsync(CancellationTokenSource round)
    {
        if (_server.App.IsResting)
            return Timeout.InfiniteTimeSpan;
        if (!_server.ReadsStreams || _pollsLeft > 0)
            return await PollAsync(round.Token).ConfigureAwait(false);
        var path = "/api/v1/presence/users/stream?" + Query("ids[]");
        var hasTold = await EventStreamReader.ReadAsync(_server, path, TellEvent, round.Token).ConfigureAwait(false);
        return hasTold ? RetryPolicy.Delay(0, error: null, _server.Jitter()) : PollInstead();
    }

    private async Task<TimeSpan> PollAsync(CancellationToken cancellationToken)
    {
        _pollsLeft--;
        var answer = await _server.ReadAsync("/api/v1/presence/users/list?" + Query("userIds[]"), PresenceJson.Default.PresencesAnswer, cancellationToken).ConfigureAwait(false);
        Tell((answer.Presences ?? throw PresenceException.NotOfThisServer()).Select(presence => (presence.UserId ?? "", presence.LastHeartbeat is not null)));
        var settings = await _server.ReadAsync(PresenceSettingsAnswer.Path, PresenceJson.Default.PresenceSettingsAnswer, cancellationToken).ConfigureAwait(false);
        return settings.Network is { HeartbeatInterval: > 0 and < 86_400 and var seconds } ? RetryPolicy.Spread(TimeSpan.FromSeconds(seconds), _server.Jitter()) : throw PresenceException.NotOfThisServer();
    }

    private string Query(string name) => string.Join("&", _userIds.Select(userId => $"{name}={Uri.EscapeDataString(userId)}"));

    private TimeSpan PollInstead()
    {
        _pollsLeft = PollsBeforeStreaming;
        return TimeSpan.Zero;
    }

    private TimeSpan Failed(PresenceException error)
    {
        var isPolling = !_server.ReadsStreams || _pollsLeft > 0;
        // The route doesn't exist or allows no more streams, but users can still be asked for.
        if (!isPolling && (error.Kind == PresenceErrorKind.Limited || error is { Kind: PresenceErrorKind.Refused, Status: not 403 }))
            return PollInstead();

        if (error.IsFinal)
            End(error);
        else
            _onTrouble?.Invoke(error);
        if (error.Kind == PresenceErrorKind.Disabled)
            return RetryPolicy.SlowDelay(_server.Jitter(), _timesOff++);
        return ++_failures < FailuresBeforePolling || isPolling ? RetryPolicy.Delay(_failures - 1, error, _server.Jitter()) : PollInstead();
    }

    /// <returns>Whether the event told of users: of all, or of one.</returns>
    private bool TellEvent(JsonElement told)
    {
        if (told.TryGetProperty("users", out var users) && users.ValueKind == JsonValueKind.Array)
            Tell([.. users.EnumerateArray().Select(UserOf).OfType<(string, bool)>()]);
        else if (UserOf(told) is { } user)
            Tell([user]);
        else
            return false;
        return true;
    }

    private static (string UserId, bool IsOnline)? UserOf(JsonElement user) =>
        user.ValueKind == JsonValueKind.Object
        && user.TryGetProperty("userId", out var userId) && userId.ValueKind == JsonValueKind.String
        && user.TryGetProperty("online", out var online) && online.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? (userId.GetString()!, online.ValueKind == JsonValueKind.True)
            : null;

    private void Tell(IEnumerable<(string UserId, bool IsOnline)> users)
    {
        _failures = _timesOff = 0;
        lock (_lock)
        {
            var hasChanged = false;
            foreach (var (userId, isOnline) in users)
            {
                hasChanged |= !_online.TryGetValue(userId, out var before) || before != isOnline;
                _online[userId] = isOnline;
            }
            if (!hasChanged || _isOver)
                return;
            _latest = [.. _userIds.Select(userId => new WatchedUser(userId, _online.TryGetValue(userId, out var isOnline) && isOnline))];
            _news.TrySetResult(true);
        }
    }

    /// <summary>Watchers continue on another thread than the one that delivers events.</summary>
    private static TaskCompletionSource<bool> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
