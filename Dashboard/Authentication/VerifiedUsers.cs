using System.Collections.Concurrent;
using Presence.Engine;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Authentication;

/// <summary>
/// Users whom the customer's backend vouches for by the way, with a token it signed or a heartbeat it sent: nobody may log
/// in as them unverified from then on. In force at once, stored within a second and in batches, for a heartbeat waits for
/// no database. Once a day it is stored anew that the user is in use.
/// </summary>
/// <remarks>
/// Bounded: at most <see cref="MostAwaited"/> wait for the store; beyond it (a disk that hangs) the next token or heartbeat
/// of the user tries again. Who is stored as vouched for is remembered, so that the same heartbeat is no write, in two
/// generations that push each other out.
/// </remarks>
internal sealed class VerifiedUsers(UserStore store, IPresence presence, TimeProvider time) : IDisposable
{
    public const int MostAwaited = 100_000;

    private const int MostRemembered = 100_000;
    private const int Batch = 1_000;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, UserProfile?> _awaited = new(PresenceComparers.UserId);
    private volatile ConcurrentDictionary<string, bool> _remembered = new(PresenceComparers.UserId);
    private volatile ConcurrentDictionary<string, bool> _rememberedBefore = new(PresenceComparers.UserId);
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private int _awaitedCount;
    private long _turnedAt = time.GetTimestamp();

    /// <summary>Whether a user was vouched for and the store does not say so yet.</summary>
    public bool IsAwaited(string userId) => _awaited.ContainsKey(userId);

    /// <summary>Notes that the backend vouched for a user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="profile">What it said of the user; null when nothing.</param>
    public void Note(string userId, UserProfile? profile)
    {
        if (IsStored(userId, profile) || Volatile.Read(ref _awaitedCount) >= MostAwaited)
            return;
        while (!_awaited.TryAdd(userId, profile))
        {
            if (profile is null || (_awaited.TryGetValue(userId, out var other) && (other?.SaidAt > profile.SaidAt || _awaited.TryUpdate(userId, profile, other))))
                return;
        }
        Interlocked.Increment(ref _awaitedCount);
    }

    /// <summary>Forgets a user while it is erased: a vouching that is on its way to the store must not bring it back.</summary>
    /// <param name="userId">The user; its next token or heartbeat is news again.</param>
    /// <param name="erase">Erases it in the store.</param>
    /// <param name="cancellationToken">Gives up; what was erased by then is.</param>
    public async Task ForgetAsync(string userId, Func<Task> erase, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (_awaited.TryRemove(userId, out _))
                Interlocked.Decrement(ref _awaitedCount);
            await erase();
            _remembered.TryRemove(userId, out _);
            _rememberedBefore.TryRemove(userId, out _);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Stores what waits.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await FlushNextAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task FlushNextAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_turnedAt) >= RememberedFor)
        {
            _remembered = new(PresenceComparers.UserId);
            _rememberedBefore = new(PresenceComparers.UserId);
            _turnedAt = time.GetTimestamp();
        }
        while (_awaited.Take(Batch).ToArray() is { Length: > 0 } batch)
        {
            var changed = await store.VouchAsync([.. batch.Select(user => new VerifiedUser(user.Key, user.Value))], cancellationToken);
            foreach (var user in changed)
                await presence.UpdateProfileAsync(user.UserId, user.Profile);
            foreach (var user in batch)
            {
                Remember(user.Key);
                if (_awaited.TryRemove(user)) // kept if a newer profile arrived
                    Interlocked.Decrement(ref _awaitedCount);
            }
        }
    }

    private bool IsStored(string userId, UserProfile? profile) =>
        (_remembered.ContainsKey(userId) || _rememberedBefore.ContainsKey(userId))
        && (profile is null || (presence.StoredProfileOf(userId) is { } stored && (stored.SaidAt > profile.SaidAt || IsSaidBy(stored, profile))));

    private static bool IsSaidBy(UserProfile stored, UserProfile profile) =>
        (profile.DisplayName ?? stored.DisplayName) == stored.DisplayName && (profile.AvatarUrl ?? stored.AvatarUrl) == stored.AvatarUrl;

    private void Remember(string userId)
    {
        if (_remembered.Count >= MostRemembered)
            (_rememberedBefore, _remembered) = (_remembered, new(PresenceComparers.UserId));
        _remembered[userId] = true;
    }
}
