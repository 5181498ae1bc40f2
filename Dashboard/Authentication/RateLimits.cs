using Presence.Dashboard.Hosting;

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
