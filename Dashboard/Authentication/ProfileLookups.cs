using System.Collections.Concurrent;
using System.Threading.Channels;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Authentication;

/// <summary>
/// Finds out how users are shown who come without saying so, with a heartbeat of the customer's backend, a token without a
/// name, or one of our own: in the store, many at a time, and while no heartbeat waits.
/// </summary>
/// <remarks>
/// <b>Bound.</b> At most <see cref="MostAwaited"/> wait for the store. Beyond it (a disk that hangs) a user is shown by its id
/// until its next join.
/// </remarks>
internal sealed class ProfileLookups(UserStore store, IPresence presence, TimeProvider time)
{
    public const int MostAwaited = 100_000;

    /// <summary>How long an event may be held back for a name.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, bool> _awaited = new(PresenceComparers.UserId);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaitedCount;

    /// <summary>Asks for how the caller is shown, unless that is known. A guest has no name.</summary>
    public void Want(ClientPrincipal caller)
    {
        if (caller.Kind == ClientKind.Viewer)
            Want(caller.UserId);
    }

    /// <inheritdoc cref="Want(ClientPrincipal)"/>
    public void Want(string userId)
    {
        if (presence.StoredProfileOf(userId) is not null || Volatile.Read(ref _awaitedCount) >= MostAwaited || !_awaited.TryAdd(userId, true))
            return;
        Interlocked.Increment(ref _awaitedCount);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Completes when a look-up is requested.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _wake.Reader.ReadAsync(cancellationToken);

    /// <summary>Waits until all requested users are known, or for half a second, so that a join is sent with its name.</summary>
    public async ValueTask SettleAsync(CancellationToken cancellationToken)
    {
        var settled = Volatile.Read(ref _settled).Task;
        if (Volatile.Read(ref _awaitedCount) == 0)
            return;
        try
        {
            await settled.WaitAsync(LongestHold, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The user is then shown by id.
        }
    }

    /// <summary>Looks up the requested users.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (_awaited.Take(UserStore.LargestLookUp).Select(user => user.Key).ToArray() is { Length: > 0 } batch)
        {
            var found = (await store.FindAsync(batch, cancellationToken)).ToDictionary(user => user.UserId, PresenceComparers.UserId);
            foreach (var userId in batch)
            {
                await presence.UpdateProfileAsync(userId, found.GetValueOrDefault(userId)?.Profile ?? UserProfile.None);
                if (_awaited.TryRemove(userId, out _))
                    Interlocked.Decrement(ref _awaitedCount);
            }
        }
        Interlocked.Exchange(ref _settled, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}

/// <summary>Looks users up as soon as one is wanted, and once a second in any case, to be seen at work.</summary>
internal sealed class ProfileLookupsLoop(ProfileLookups lookups, LoopRegistry registry, TimeProvider time, ILogger<ProfileLookupsLoop> logger)
    : BackgroundLoop("names", TimeSpan.FromSeconds(1), registry, time, logger)
{
    private Task<bool>? _tick;
    private Task? _wanted;

    protected override async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        _tick ??= timer.WaitForNextTickAsync(cancellationToken).AsTask();
        _wanted ??= lookups.WaitAsync(cancellationToken);
        if (await Task.WhenAny(_tick, _wanted) == _tick)
        {
            var ticks = await _tick;
            _tick = null;
            return ticks;
        }
        await _wanted;
        _wanted = null;
        return true;
    }

    protected override Task PassAsync(CancellationToken cancellationToken) => lookups.FlushAsync(cancellationToken);
}
