using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>
/// Keeps the key set fresh: at the start, every few minutes, and sooner when a token named a key it does not know. How often
/// is decided here alone, so that whoever sends tokens cannot make this server call another one as often as it likes.
/// When the address fails, the last good set stays in force and health says so.
/// </summary>
internal sealed class KeySetLoop(CustomerKeys keys, KeySetClient client, LoopRegistry registry, TimeProvider time, ILogger<KeySetLoop> logger)
    : BackgroundLoop("key set", TimeSpan.FromSeconds(1), registry, time, logger)
{
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Soonest = TimeSpan.FromSeconds(30);

    private long? _fetchedAt;
    private bool _isOwed;

    protected override TimeSpan LongestBackOff => Soonest;

    protected override async Task PassAsync(CancellationToken cancellationToken)
    {
        _isOwed = _isOwed || IsDue(); // until it succeeds: a pass that fetched nothing is no sign that the address answers again
        if (!_isOwed)
            return;
        var fetched = await client.FetchAsync(cancellationToken);
        _fetchedAt = Time.GetTimestamp();
        _isOwed = false;
        keys.Replace(fetched);
    }

    private bool IsDue()
    {
        if (_fetchedAt is not { } fetchedAt)
            return true;
        var age = Time.GetElapsedTime(fetchedAt);
        return age >= Usual || (age >= Soonest && keys.TakeWish());
    }
}
