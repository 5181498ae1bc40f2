using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Engine.Diagnostics;

/// <summary>What the engine measures as it goes; the rest is observed (<see cref="PresenceEngine"/>).</summary>
/// <remarks>
/// Nothing here is touched by a refresh, but where it had to wait for its room's lock. Joins, leaves and gaps are counted under
/// that lock and observed on demand: a listener never runs for each of them.
/// </remarks>
internal sealed class PresenceMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?>[] Reasons =
        [.. Enum.GetValues<LeaveReason>().Select(reason => KeyValuePair.Create<string, object?>(PresenceMetricNames.Reason, reason.ToString().ToLowerInvariant()))];

    private static readonly KeyValuePair<string, object?>[] Refusals =
        [.. Enum.GetNames<HeartbeatOutcome>().Select(outcome => KeyValuePair.Create<string, object?>(PresenceMetricNames.Reason, JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome)))];

    /// <summary>From unnoticeable to noticed by everyone.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.0001, 0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10] };

    private readonly Meter _meter;
    private readonly long[] _left = new long[Reasons.Length];
    private readonly long[] _refused = new long[Refusals.Length];
    private readonly Histogram<double> _sweepLag;
    private readonly Histogram<double> _lockWait;
    private long _joined;
    private long _gaps;

    public PresenceMetrics(PresenceEngine engine)
    {
        _meter = new Meter(PresenceMetricNames.Meter);
        _sweepLag = _meter.CreateHistogram(PresenceMetricNames.SweepLag, "s", "How late a sweep began.", tags: null, Seconds);
        _lockWait = _meter.CreateHistogram(PresenceMetricNames.LockWait, "s", "How long a heartbeat waited for its room's lock when it had to.", tags: null, Seconds);
        _meter.CreateObservableCounter(PresenceMetricNames.Joins, () => Volatile.Read(ref _joined), "{viewer}", "Viewers who joined a room.");
        _meter.CreateObservableCounter(PresenceMetricNames.Leaves, () => Measured(_left, Reasons), "{viewer}", "Viewers who left a room, by reason.");
        _meter.CreateObservableCounter(PresenceMetricNames.FeedGaps, () => Volatile.Read(ref _gaps), "{gap}", "Subscribers that missed changes and had to read again.");
        _meter.CreateObservableCounter(PresenceMetricNames.Heartbeats, () => engine.Heartbeats, "{heartbeat}", "Heartbeats accepted in rooms.");
        _meter.CreateObservableCounter(PresenceMetricNames.RefusedHeartbeats, () => Measured(_refused, Refusals).Skip(1), "{heartbeat}", "Heartbeats refused in rooms, by reason.");
        _meter.CreateObservableGauge(PresenceMetricNames.Viewers, () => engine.CountNetwork().Viewers, "{viewer}", "Distinct viewers present.");
        _meter.CreateObservableGauge(PresenceMetricNames.Sessions, () => engine.CountNetwork().Sessions, "{session}", "Sessions present.");
        _meter.CreateObservableGauge(PresenceMetricNames.Rooms, () => engine.CountNetwork().Rooms, "{room}", "Rooms with at least one viewer.");
        _meter.CreateObservableGauge(PresenceMetricNames.OnlineUsers, () => engine.CountOnline().Users, "{user}", "Users online.");
        _meter.CreateObservableGauge(PresenceMetricNames.WriterLag, () => engine.Journal.Unstored, "{change}", "Joins and leaves not yet on the disk.");
    }

    public Meter Meter => _meter;

    /// <summary>Viewers who joined a room since the engine was made.</summary>
    public long JoinedInAll => Volatile.Read(ref _joined);

    /// <summary>Viewers who left one since, whatever the reason.</summary>
    public long LeftInAll => Sum(_left);

    /// <summary>Heartbeats refused since: presence off, room ended, banned, a cap.</summary>
    public long RefusedInAll => Sum(_refused);

    public void Refused(HeartbeatOutcome outcome) => Interlocked.Increment(ref _refused[(int)outcome]);

    public void Joined() => Interlocked.Increment(ref _joined);

    public void Left(LeaveReason reason) => Interlocked.Increment(ref _left[(int)reason]);

    public void Gap() => Interlocked.Increment(ref _gaps);

    public void SweepBegan(TimeSpan late) => _sweepLag.Record(Math.Max(0, late.TotalSeconds));

    public void WaitedSince(long timestamp) => _lockWait.Record(Stopwatch.GetElapsedTime(timestamp).TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Measured(long[] counted, KeyValuePair<string, object?>[] labels) =>
        labels.Select((label, index) => new Measurement<long>(Volatile.Read(ref counted[index]), label));

    private static long Sum(long[] counted)
    {
        var sum = 0L;
        for (var index = 0; index < counted.Length; index++)
            sum += Volatile.Read(ref counted[index]);
        return sum;
    }
}

/// <summary>The engine's one meter and its instruments. No label holds an id; the only label is <see cref="Reason"/>.</summary>
public static class PresenceMetricNames
{
    /// <summary>The meter.</summary>
    public const string Meter = "Presence.Engine";

    /// <summary>Heartbeats accepted in rooms; counter.</summary>
    public const string Heartbeats = "presence.heartbeats";

    /// <summary>Heartbeats refused in rooms, by <see cref="Reason"/>; counter.</summary>
    public const string RefusedHeartbeats = "presence.heartbeats.refused";

    /// <summary>Viewers who joined a room; counter.</summary>
    public const string Joins = "presence.joins";

    /// <summary>Viewers who left a room, by <see cref="Reason"/>; counter.</summary>
    public const string Leaves = "presence.leaves";

    /// <summary>Distinct viewers present; gauge.</summary>
    public const string Viewers = "presence.viewers";

    /// <summary>Sessions present; gauge.</summary>
    public const string Sessions = "presence.sessions";

    /// <summary>Rooms with at least one viewer; gauge.</summary>
    public const string Rooms = "presence.rooms";

    /// <summary>Users online (user presence); gauge.</summary>
    public const string OnlineUsers = "presence.online_users";

    /// <summary>How late a sweep began, in seconds; histogram.</summary>
    public const string SweepLag = "presence.sweep.lag";

    /// <summary>How long a heartbeat waited for its room's lock when it had to, in seconds; histogram.</summary>
    public const string LockWait = "presence.lock.wait";

    /// <summary>Subscribers told of a gap; counter.</summary>
    public const string FeedGaps = "presence.feed.gaps";

    /// <summary>Joins and leaves not yet on the disk; gauge.</summary>
    public const string WriterLag = "presence.writer.lag";

    /// <summary>From the canary's heartbeat to a page that shows it, in seconds; histogram.</summary>
    public const string CanaryHeartbeat = "presence.canary.heartbeat";

    /// <summary>From the canary's leave to a page that shows it, in seconds; histogram.</summary>
    public const string CanaryLeave = "presence.canary.leave";

    /// <summary>Heartbeats and leaves of the canary that no page showed; counter.</summary>
    public const string CanaryLost = "presence.canary.lost";

    /// <summary>Label of <see cref="Leaves"/> (left, timeout, disabled, removed, ended) and of <see cref="RefusedHeartbeats"/>: the outcome's name in snake case.</summary>
    public const string Reason = "reason";
}
