using System.Net;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// How often passwords may be tried. An attempt counts before its password is checked and is uncounted when it was right,
/// so that trying many at once gains nothing.
/// </summary>
/// <remarks>
/// <para>Three counts. One address at one account: five failures in five minutes, then that address waits. One account over
/// all addresses: twenty, then each further attempt is answered later, up to ten seconds; never not at all, which would let
/// anyone keep its owner out. One address at whatever it likes: a bucket (<see cref="AddressRateLimiter"/>).</para>
/// <para>Bounded by <see cref="LargestCount"/> pairs and accounts: past it those whose failures are oldest are forgotten.</para>
/// </remarks>
internal sealed class SignInThrottle(DashboardOptions options, TimeProvider time)
{
    public const int AllowedFailures = 5;
    public const int AllowedFailuresOfAccount = 20;
    public const int LargestCount = 10_000;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan UntilOthersAreChecked = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly FailureCounts<(string Email, AddressKey Address)> _pairs = new(time, Window, LargestCount);
    private readonly FailureCounts<string> _accounts = new(time, Window, LargestCount);
    private readonly AddressRateLimiter _addresses = new(new TokenBucket(time, options.Limits.SignInsPerSecond, options.Limits.SignInBurst), time);

    /// <summary>Counts a form that has a password hashed, whatever is in it.</summary>
    /// <returns>False when this address must wait before the next.</returns>
    public bool TryTake(IPAddress? address, out TimeSpan wait) => _addresses.TryTake(address, out wait);

    /// <summary>Takes back what <see cref="TryTake"/> counted: the form was right.</summary>
    public void GiveBack(IPAddress? address) => _addresses.GiveBack(address);

    /// <summary>Counts an attempt at an account. The caller must end it, right or wrong.</summary>
    /// <returns>Null when this address must wait before it tries again.</returns>
    public SignInAttempt? TryBegin(string email, IPAddress? address, out TimeSpan wait)
    {
        var account = email[..Math.Min(email.Length, ModeratorPasswords.Longest)].ToUpperInvariant(); // no email address is longer
        var pair = (account, AddressKey.Of(address));
        lock (_lock)
        {
            var known = _pairs.Find(pair);
            if (known is not null && known.Failed + known.Pending >= AllowedFailures)
            {
                // Attempts still being checked can succeed. Otherwise the limit lasts until the window ends.
                wait = known.Failed >= AllowedFailures ? _pairs.Rest(known) : UntilOthersAreChecked;
                return null;
            }
            var ofPair = _pairs.Begin(pair);
            var ofAccount = _accounts.Begin(account);
            var beyond = ofAccount.Failed + ofAccount.Pending - AllowedFailuresOfAccount;
            wait = TimeSpan.Zero;
            var delay = TimeSpan.FromSeconds(Math.Clamp(beyond, 0, LongestDelay.TotalSeconds));
            return new SignInAttempt(delay, outcome => End(ofPair, ofAccount, address, outcome));
        }
    }

    private void End(FailureCount ofPair, FailureCount ofAccount, IPAddress? address, SignInOutcome outcome)
    {
        lock (_lock)
        {
            ofPair.Pending--;
            ofAccount.Pending--;
            if (outcome == SignInOutcome.SignedIn)
            {
                ofPair.Failed = 0; // only for this account; failed attempts at others stay counted
                _addresses.GiveBack(address);
            }
            else if (outcome == SignInOutcome.Refused)
            {
                ofPair.Failed++;
                ofAccount.Failed++;
            }
        }
    }
}

/// <summary>One attempt at a password, counted until it is known how it ended; left without a word it is neither right nor wrong.</summary>
/// <param name="delay">How long to wait before the password is looked at.</param>
/// <param name="end">Told once.</param>
internal sealed class SignInAttempt(TimeSpan delay, Action<SignInOutcome> end) : IDisposable
{
    private Action<SignInOutcome>? _end = end;

    public TimeSpan Delay { get; } = delay;

    /// <summary>Waits until its password can be checked. Another form has its place among those in work until then.</summary>
    public Task WaitAsync(HttpContext http, TimeProvider time)
    {
        if (Delay == TimeSpan.Zero)
            return Task.CompletedTask;
        http.Features.Get<FormPlace>()?.Dispose();
        return Task.Delay(Delay, time, http.RequestAborted);
    }

    public void End(SignInOutcome outcome) => Interlocked.Exchange(ref _end, null)?.Invoke(outcome);

    public void Dispose() => End(SignInOutcome.Busy);
}

/// <summary>Failures by who or what failed. The window starts with the first and does not move, so that waiting always ends.</summary>
/// <remarks><b>Threads.</b> The caller holds a lock.</remarks>
internal sealed class FailureCounts<TKey>(TimeProvider time, TimeSpan window, int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, FailureCount Count)>> _byKey = [];
    private readonly LinkedList<(TKey Key, FailureCount Count)> _oldestFirst = [];

    public FailureCount? Find(TKey key)
    {
        ForgetExpired();
        return _byKey.TryGetValue(key, out var node) ? node.Value.Count : null;
    }

    /// <summary>Counts one more that is not known to be right or wrong.</summary>
    public FailureCount Begin(TKey key)
    {
        var count = Find(key);
        if (count is null)
        {
            if (_byKey.Count == most)
                ForgetOldest();
            count = new FailureCount { BeganAt = time.GetTimestamp() };
            _byKey.Add(key, _oldestFirst.AddLast((key, count)));
        }
        count.Pending++;
        return count;
    }

    /// <summary>How long its window still lasts.</summary>
    public TimeSpan Rest(FailureCount count) => window - time.GetElapsedTime(count.BeganAt);

    private void ForgetExpired()
    {
        while (_oldestFirst.First is { } oldest && time.GetElapsedTime(oldest.Value.Count.BeganAt) >= window)
            ForgetOldest();
    }

    private void ForgetOldest()
    {
        _byKey.Remove(_oldestFirst.First!.Value.Key);
        _oldestFirst.RemoveFirst();
    }
}

/// <summary>Attempts of one kind within one window.</summary>
internal sealed class FailureCount
{
    public required long BeganAt { get; init; }

    /// <summary>Those that were wrong.</summary>
    public int Failed { get; set; }

    /// <summary>Those not yet known to be right or wrong.</summary>
    public int Pending { get; set; }
}
