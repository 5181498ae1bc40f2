using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using Presence.Dashboard.Hosting;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Authentication;

/// <summary>How fast clients may come (rule 14).</summary>
/// <remarks>
/// An audience shares addresses, so by address only what a watching audience does rarely is limited; a viewer with a good
/// token is never limited because of others behind its address.
/// </remarks>
internal sealed class RateLimits(DashboardOptions options, TimeProvider time)
{
    /// <summary>An address may hold an eighth of the revoked tokens at once, and another in the time these take to expire: a quarter.</summary>
    public const int RevokedTokensPart = 8;

    /// <summary>One session in one room.</summary>
    public TokenBucket Heartbeats { get; } = new(time, options.Limits.HeartbeatsPerSecond, options.Limits.HeartbeatBurst);

    /// <summary>Heartbeats of one address; null unless configured.</summary>
    public AddressRateLimiter? HeartbeatsOfAddress { get; } = options.Limits.HeartbeatsPerSecondOfAddress == 0
        ? null
        : new(new TokenBucket(time, options.Limits.HeartbeatsPerSecondOfAddress, options.Limits.HeartbeatBurstOfAddress), time);

    /// <summary>Logins of one address.</summary>
    public AddressRateLimiter Logins { get; } = new(new TokenBucket(time, options.Limits.LoginsPerSecond, options.Limits.LoginBurst), time);

    /// <summary>Logouts of one address: each is kept until its token would have expired.</summary>
    public AddressRateLimiter Logouts { get; } = new(new TokenBucket(time, options.Limits.LogoutsPerSecond, options.Limits.LogoutBurst), time);

    /// <summary>The revoked tokens of one address. Full again after a token's lifetime, so that an address never holds more than twice its bucket.</summary>
    public AddressRateLimiter RevokedTokens { get; } = new(
        new TokenBucket(time, options.Clients.TokenLifetime, Math.Max(1, options.Limits.RevokedTokens / RevokedTokensPart)), time);

    /// <summary>Guests of one address that were never seen before. The same device is the same guest, however often it comes.</summary>
    public AddressRateLimiter NewGuests { get; } = new(new TokenBucket(time, options.Limits.NewGuestsPerSecond, options.Limits.NewGuestBurst), time);

    /// <summary>Requests of one address whose credentials are no good.</summary>
    public AddressRateLimiter Failures { get; } = new(new TokenBucket(time, options.Limits.FailuresPerSecond, options.Limits.FailureBurst), time);

    /// <summary>Requests of one address to routes that ask for no credentials.</summary>
    public AddressRateLimiter Anonymous { get; } = new(new TokenBucket(time, options.Limits.AnonymousPerSecond, options.Limits.AnonymousBurst), time);

    /// <summary>Reads that look at many, by user, counted in viewers, rooms or members looked at.</summary>
    public ReadRateLimiter Reads { get; } = new(options.Limits, time);

    /// <summary>Reads of one address through public links. A high limit, because every reader of a page with a badge sends them.</summary>
    public AddressRateLimiter Badges { get; } = new(new TokenBucket(time, options.Limits.BadgesPerSecond, options.Limits.BadgeBurst), time);
}

/// <summary>
/// So many a second for long, and a burst before that. The whole state of one caller is one number: the moment its
/// bucket will be full again (the generic cell rate algorithm). Nothing is allocated and nothing runs in between.
/// </summary>
internal sealed class TokenBucket
{
    private readonly TimeProvider _time;
    private readonly long _spacing;
    private readonly long _tolerance;

    public TokenBucket(TimeProvider time, int perSecond, int burst)
        : this(time, time.TimestampFrequency / perSecond, burst, TimeSpan.FromSeconds((double)burst / perSecond))
    {
    }

    /// <param name="time">The clock.</param>
    /// <param name="drain">How long until an empty bucket is full again.</param>
    /// <param name="burst">How many it holds.</param>
    public TokenBucket(TimeProvider time, TimeSpan drain, int burst)
        : this(time, (long)(drain.TotalSeconds * time.TimestampFrequency / burst), burst, drain)
    {
    }

    private TokenBucket(TimeProvider time, long spacing, int burst, TimeSpan drain)
    {
        _time = time;
        _spacing = Math.Max(1, spacing);
        _tolerance = _spacing * (burst - 1);
        Drain = drain;
    }

    /// <summary>After so long without a call a caller's state says nothing any more.</summary>
    public TimeSpan Drain { get; }

    /// <summary>Puts one back that was taken for nothing.</summary>
    public void GiveBack(ref long fullAt) => Interlocked.Add(ref fullAt, -_spacing);

    /// <summary>Takes one from a caller's bucket.</summary>
    public bool TryTake(ref long fullAt, out TimeSpan wait) => TryTake(ref fullAt, cost: 1, out wait);

    /// <summary>Takes from a caller's bucket. What costs more than there is left passes and is paid off before the next: nothing is too large for good.</summary>
    /// <param name="fullAt">The caller's state; 0 at first.</param>
    /// <param name="cost">How many to take.</param>
    /// <param name="wait">When refused: how long until the next would pass.</param>
    public bool TryTake(ref long fullAt, int cost, out TimeSpan wait)
    {
        var now = _time.GetTimestamp();
        while (true)
        {
            var seen = Volatile.Read(ref fullAt);
            var from = seen == 0 ? now : Math.Max(seen, now);
            if (from - now > _tolerance)
            {
                wait = TimeSpan.FromSeconds((double)(from - now - _tolerance) / _time.TimestampFrequency);
                return false;
            }
            if (Interlocked.CompareExchange(ref fullAt, from + (_spacing * cost), seen) == seen)
            {
                wait = TimeSpan.Zero;
                return true;
            }
        }
    }
}

/// <summary>Limits how fast each of many callers may do something.</summary>
/// <remarks>
/// Bounded: callers live in two generations, of which the older is dropped once its buckets are full again anyway, or
/// when the younger has reached its cap; in that case alone may a caller begin a new burst early.
/// </remarks>
internal class KeyedRateLimiter<TKey>(TokenBucket limit, TimeProvider time)
    where TKey : notnull
{
    public const int GenerationCap = 100_000;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<TKey, StrongBox<long>> _current = new();
    private volatile ConcurrentDictionary<TKey, StrongBox<long>> _previous = new();
    private long _turnedAt = time.GetTimestamp();
    private int _count;

    /// <summary>How many callers are held, about: both generations together, and no more than two caps.</summary>
    public int Count => _current.Count + _previous.Count;

    /// <inheritdoc cref="TokenBucket.TryTake(ref long, int, out TimeSpan)"/>
    public bool TryTake(TKey key, int cost, out TimeSpan wait)
    {
        TurnWhenDue();
        return limit.TryTake(ref BucketOf(key).Value, cost, out wait);
    }

    /// <inheritdoc cref="TokenBucket.GiveBack"/>
    public void GiveBack(TKey key)
    {
        if (_current.TryGetValue(key, out var bucket) || _previous.TryGetValue(key, out bucket))
            limit.GiveBack(ref bucket.Value);
    }

    private StrongBox<long> BucketOf(TKey key)
    {
        if (_current.TryGetValue(key, out var bucket))
            return bucket;
        bucket = _previous.TryGetValue(key, out var kept) ? kept : new StrongBox<long>();
        if (!_current.TryAdd(key, bucket))
            return _current.GetOrAdd(key, bucket); // another request of the same caller can be first
        Interlocked.Increment(ref _count);
        return bucket;
    }

    private void TurnWhenDue()
    {
        if (!IsDue())
            return;
        lock (_turning)
        {
            if (!IsDue())
                return;
            _previous = _current;
            _current = new();
            Volatile.Write(ref _count, 0);
            Volatile.Write(ref _turnedAt, time.GetTimestamp());
        }
    }

    // The dictionary's own count takes all its locks.
    private bool IsDue() => Volatile.Read(ref _count) >= GenerationCap || time.GetElapsedTime(Volatile.Read(ref _turnedAt)) >= limit.Drain;
}

/// <summary>Limits how fast one address may do something.</summary>
internal sealed class AddressRateLimiter(TokenBucket limit, TimeProvider time) : KeyedRateLimiter<AddressKey>(limit, time)
{
    /// <inheritdoc cref="TokenBucket.TryTake(ref long, int, out TimeSpan)"/>
    public bool TryTake(IPAddress? address, out TimeSpan wait) => TryTake(AddressKey.Of(address), cost: 1, out wait);

    /// <inheritdoc cref="TokenBucket.GiveBack"/>
    public void GiveBack(IPAddress? address) => GiveBack(AddressKey.Of(address));
}

/// <summary>How much callers may look at: reads whose cost grows with a room, such as searches and orders by name.</summary>
/// <remarks>
/// By user, whatever token it comes with. Guests are made quickly, so all users of an address together may read ten times
/// as much as one. So may a server key, which reads for a whole backend.
/// </remarks>
internal sealed class ReadRateLimiter(DashboardOptions.LimitsOptions limits, TimeProvider time)
{
    /// <summary>How much more an address or a server key may read than a user.</summary>
    public const int Many = 10;

    /// <summary>What every page of a list may cost: less is not counted.</summary>
    private const int Free = Presence.Engine.PresenceLimits.Page;

    private readonly KeyedRateLimiter<string> _users = new(new TokenBucket(time, limits.ReadsPerSecond, limits.ReadBurst), time);
    private readonly KeyedRateLimiter<string> _serverKeys = new(new TokenBucket(time, limits.ReadsPerSecond * Many, limits.ReadBurst * Many), time);
    private readonly KeyedRateLimiter<AddressKey> _addresses = new(new TokenBucket(time, limits.ReadsPerSecond * Many, limits.ReadBurst * Many), time);

    /// <summary>Takes a read from the buckets of its caller.</summary>
    /// <param name="caller">Who reads.</param>
    /// <param name="address">From where.</param>
    /// <param name="cost">How many viewers, rooms or members are looked at.</param>
    /// <param name="wait">When refused: how long until the next would pass.</param>
    public bool TryTake(ClientPrincipal caller, IPAddress? address, int cost, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (cost <= Free)
            return true;
        return caller.IsServer
            ? _serverKeys.TryTake(caller.TokenId, cost, out wait)
            : _users.TryTake(caller.UserId, cost, out wait) && (address is null || _addresses.TryTake(AddressKey.Of(address), cost, out wait));
    }
}

/// <summary>What counts as one address: an IPv4 address, or an IPv6 network of 64 bits, which is what one subscriber gets.</summary>
internal readonly record struct AddressKey(bool IsV6, ulong Bits)
{
    private const int V4Length = 4;
    private const int V4InV6 = 12;

    /// <summary>Allocates nothing: a heartbeat asks for it.</summary>
    public static AddressKey Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var length))
            return default;
        if (length == V4Length)
            return new AddressKey(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return address.IsIPv4MappedToIPv6
            ? new AddressKey(false, BinaryPrimitives.ReadUInt32BigEndian(bytes[V4InV6..]))
            : new AddressKey(true, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>The share in which a viewer of this address counts. None if the address is unknown, as behind a Unix socket.</summary>
    public static ViewerOrigin OriginOf(IPAddress? address) => address is null ? default : Of(address) is var key ? ViewerOrigin.Address(key.IsV6, key.Bits) : default;
}
