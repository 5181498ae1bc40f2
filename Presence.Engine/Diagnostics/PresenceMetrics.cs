using System.Diagnostics;
using System.Diagnostics.Metrics;
using Presence.Engine.Changes;

namespace Presence.Engine.Diagnostics;

/// <summary>What the engine measures as it goes; the rest is observed (<see cref="PresenceEngine"/>).</summary>
/// <remarks>Nothing here is touched by a refresh, but where it had to wait for its room's lock.</remarks>
internal sealed class PresenceMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?>[] Reasons =
        [.. Enum.GetValues<LeaveReason>().Select(reason => KeyValuePair.Create<string, object?>(PresenceMetricNames.Reason, reason.ToString().ToLowerInvariant()))];

    private readonly Meter _meter;
    private readonly Counter<long> _joins;
    private readonly Counter<long> _leaves;
    private readonly Counter<long> _gaps;
    private readonly Histogram<double> _sweepLag;
    private readonly Histogram<double> _lockWait;

    public PresenceMetrics(PresenceEngine engine)
    {
        _meter = new Meter(PresenceMetricNames.Meter);
        _joins = _meter.CreateCounter<long>(PresenceMetricNames.Joins, "{viewer}", "Viewers who joined a room.");
        _leaves = _meter.CreateCounter<long>(PresenceMetricNames.Leaves, "{viewer}", "Viewers who left a room, by reason.");
        _gaps = _meter.CreateCounter<long>(PresenceMetricNames.FeedGaps, "{gap}", "Subscribers told of a gap.");
        _sweepLag = _meter.CreateHistogram<double>(PresenceMetricNames.SweepLag, "s", "How late a sweep began.");
        _lockWait = _meter.CreateHistogram<double>(PresenceMetricNames.LockWait, "s", "How long a heartbeat waited for its room's lock when it had to.");
        _meter.CreateObservableCounter(PresenceMetricNames.Heartbeats, () => engine.Heartbeats, "{heartbeat}", "Heartbeats accepted in rooms.");
        _meter.CreateObservableGauge(PresenceMetricNames.Viewers, () => engine.CountNetwork().Viewers, "{viewer}", "Distinct viewers present.");
        _meter.CreateObservableGauge(PresenceMetricNames.Sessions, () => engine.CountNetwork().Sessions, "{session}", "Sessions present.");
        _meter.CreateObservableGauge(PresenceMetricNames.Rooms, () => engine.CountNetwork().Rooms, "{room}", "Rooms with at least one viewer.");
        _meter.CreateObservableGauge(PresenceMetricNames.OnlineUsers, () => engine.CountOnline().Users, "{user}", "Users online.");
        _meter.CreateObservableGauge(PresenceMetricNames.WriterLag, () => engine.Journal.Waiting, "{change}", "Joins and leaves not yet taken by the membership writer.");
    }

    public Meter Meter => _meter;

    public void Joined() => _joins.Add(1);

    public void Left(LeaveReason reason) => _leaves.Add(1, Reasons[(int)reason]);

    public void Gap() => _gaps.Add(1);

    public void SweepBegan(TimeSpan late) => _sweepLag.Record(Math.Max(0, late.TotalSeconds));

    public void WaitedSince(long timestamp) => _lockWait.Record(Stopwatch.GetElapsedTime(timestamp).TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
