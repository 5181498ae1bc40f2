using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Hosting;

/// <summary>Refuses new sessions before memory runs out, and returns memory to the system after a crowd has left.</summary>
internal sealed class MemoryLoop(
    PresenceEngine engine,
    AccessTokenCache tokens,
    ConnectionAdmission door,
    PresenceReadiness readiness,
    LoopRegistry registry,
    TimeProvider time,
    ILogger<MemoryLoop> log)
    : BackgroundLoop("memory", TimeSpan.FromSeconds(1), registry, time, log)
{
    /// <summary>A connection with its buffers takes as much as so many sessions.</summary>
    private const int SessionsOfConnection = 100;

    /// <summary>The tokens of those who went are known only once those who stayed have come with theirs.</summary>
    private static readonly TimeSpan SecondRound = TimeSpan.FromMinutes(2);

    private readonly MemoryPolicy _policy = new(time, Collect);
    private readonly CrowdWatch _crowd = new(time);
    private long? _againSince;

    protected override Task WaitToStartAsync(CancellationToken cancellationToken) => readiness.WaitAsync(cancellationToken);

    protected override Task PassAsync(CancellationToken cancellationToken)
    {
        var isShort = _policy.IsShort(GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo(GCKind.Any).TotalAvailableMemoryBytes);
        if (isShort != engine.IsMemoryShort)
        {
            engine.IsMemoryShort = isShort;
            if (isShort)
                log.LogError("Memory is low. New sessions are refused. Give the process more memory, or lower Presence__Limits__Sessions.");
            else
                log.LogInformation("New sessions are accepted again.");
        }

        if (_crowd.HasGone(engine.CountNetwork().Sessions + engine.CountOnline().Users + ((long)SessionsOfConnection * door.Open)))
        {
            GiveBack();
            _againSince = Time.GetTimestamp();
        }
        else if (_againSince is { } since && Time.GetElapsedTime(since) >= SecondRound)
        {
            GiveBack();
            _againSince = null;
        }
        return Task.CompletedTask;
    }

    /// <summary>Most of what was there is garbage, so that collecting the rest is quick.</summary>
    private void GiveBack()
    {
        var before = Environment.WorkingSet;
        engine.Shrink();
        tokens.ForgetOlder();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        log.LogInformation("Released memory after a crowd left: {After} MB now, {Before} MB before.", Environment.WorkingSet / 1_000_000, before / 1_000_000);
    }

    private static long Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}

/// <summary>Decides whether memory is too short for new sessions. Garbage doesn't count, so it is collected before a session is refused.</summary>
internal sealed class MemoryPolicy(TimeProvider time, Func<long> collect)
{
    private const int SuspectPercent = 80;
    private const int ShortPercent = 75;
    private const int EnoughPercent = 70;

    /// <summary>A collection of everything stops the process for a moment.</summary>
    private static readonly TimeSpan CollectPause = TimeSpan.FromSeconds(30);

    private bool _isShort;
    private long? _collectedAt;

    /// <param name="used">Bytes of the heap in use, garbage included.</param>
    /// <param name="available">Bytes it may take.</param>
    public bool IsShort(long used, long available)
    {
        if (used > available / 100 * (_isShort ? EnoughPercent : SuspectPercent) && (_collectedAt is not { } at || time.GetElapsedTime(at) >= CollectPause))
        {
            _collectedAt = time.GetTimestamp();
            used = collect();
            _isShort = used > available / 100 * (_isShort ? EnoughPercent : ShortPercent);
        }
        else if (used <= available / 100 * EnoughPercent)
        {
            _isShort = false;
        }
        return _isShort;
    }
}

/// <summary>Detects that most of a crowd has left and that the count is stable again.</summary>
internal sealed class CrowdWatch(TimeProvider time)
{
    private const int SmallestFall = 10_000;
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

    private long _most;
    private long _last;
    private long _fellAt = time.GetTimestamp();

    /// <summary>True once, when three quarters of the most there were since the last time are gone.</summary>
    public bool HasGone(long crowd)
    {
        if (crowd < _last - (_last / 100))
            _fellAt = time.GetTimestamp();
        _last = crowd;
        _most = Math.Max(_most, crowd);
        if (crowd > _most / 4 || _most - crowd < SmallestFall || time.GetElapsedTime(_fellAt) < Steady)
            return false;
        _most = crowd;
        return true;
    }
}
