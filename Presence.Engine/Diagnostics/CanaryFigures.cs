using System.Diagnostics.Metrics;

namespace Presence.Engine.Diagnostics;

/// <summary>What the canary measured: how long pages take to show a viewer who came, and one who left.</summary>
/// <remarks>
/// <para><b>Bound.</b> The latest <see cref="Window"/> measurements of each kind: five minutes.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
public sealed class CanaryFigures
{
    /// <summary>Measurements of each kind that are kept.</summary>
    public const int Window = 150;

    /// <summary>Heartbeats shown later than this are late: what the product promises.</summary>
    public static readonly TimeSpan LatestHeartbeat = TimeSpan.FromSeconds(1);

    /// <summary>The same of leaves.</summary>
    public static readonly TimeSpan LatestLeave = TimeSpan.FromSeconds(2);

    /// <summary>Before so many measurements one slow moment is most of what is known, and no alarm.</summary>
    private const int FewestForAnAlarm = 20;

    /// <summary>So many lost ones in a row are an alarm.</summary>
    private const int LostInARow = 3;

    private readonly Lock _lock = new();
    private readonly Delays _heartbeats;
    private readonly Delays _leaves;
    private readonly Counter<long> _lostInAll;
    private int _lostInARow;
    private bool _isOn;
    private bool _isResting;

    internal CanaryFigures(Meter meter)
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5] };
        _heartbeats = new(meter.CreateHistogram(PresenceMetricNames.CanaryHeartbeat, "s", "From the canary's heartbeat to a page that shows it.", tags: null, advice));
        _leaves = new(meter.CreateHistogram(PresenceMetricNames.CanaryLeave, "s", "From the canary's leave to a page that shows it.", tags: null, advice));
        _lostInAll = meter.CreateCounter<long>(PresenceMetricNames.CanaryLost, "{measurement}", "Heartbeats and leaves of the canary that no page showed.");
    }

    /// <summary>What was measured lately.</summary>
    public CanaryReading Read()
    {
        lock (_lock)
        {
            var state = !_isOn ? CanaryState.Off
                : _isResting ? CanaryState.Resting
                : _lostInARow >= LostInARow ? CanaryState.Lost
                : _heartbeats.IsLate(LatestHeartbeat) || _leaves.IsLate(LatestLeave) ? CanaryState.Late
                : CanaryState.Fine;
            return new CanaryReading(state, _heartbeats.MostOf95, _leaves.MostOf95, _heartbeats.Count + _leaves.Count);
        }
    }

    /// <summary>The canary is on, and measures or rests because presence is off.</summary>
    public void Begin(bool isResting)
    {
        lock (_lock)
            (_isOn, _isResting) = (true, isResting);
    }

    /// <summary>A page showed its heartbeat.</summary>
    public void HeartbeatShown(TimeSpan took) => Add(_heartbeats, took);

    /// <summary>A page showed that it left.</summary>
    public void LeaveShown(TimeSpan took) => Add(_leaves, took);

    /// <summary>No page showed it.</summary>
    public void Lost()
    {
        _lostInAll.Add(1);
        lock (_lock)
            _lostInARow++;
    }

    private void Add(Delays delays, TimeSpan took)
    {
        lock (_lock)
        {
            delays.Add(took);
            _lostInARow = 0;
        }
    }

    /// <summary>The latest measurements of one kind.</summary>
    private sealed class Delays(Histogram<double> histogram)
    {
        private readonly TimeSpan[] _latest = new TimeSpan[Window];
        private readonly TimeSpan[] _sorted = new TimeSpan[Window];
        private int _next;

        public int Count { get; private set; }

        /// <summary>What 95 % of them don't exceed; null before the first.</summary>
        public TimeSpan? MostOf95 { get; private set; }

        public bool IsLate(TimeSpan latest) => Count >= FewestForAnAlarm && MostOf95 > latest;

        public void Add(TimeSpan took)
        {
            histogram.Record(took.TotalSeconds);
            _latest[_next] = took;
            _next = (_next + 1) % Window;
            Count = Math.Min(Count + 1, Window);
            var sorted = _sorted.AsSpan(0, Count);
            _latest.AsSpan(0, Count).CopyTo(sorted);
            sorted.Sort();
            MostOf95 = sorted[(((Count * 95) + 99) / 100) - 1];
        }
    }
}

/// <summary>What the canary measured in the last five minutes.</summary>
/// <param name="State">What to think of it.</param>
/// <param name="Heartbeat">95 % of heartbeats were shown within this; null before the first.</param>
/// <param name="Leave">The same of leaves.</param>
/// <param name="Measurements">How many there were of both.</param>
public sealed record CanaryReading(CanaryState State, TimeSpan? Heartbeat, TimeSpan? Leave, int Measurements)
{
    /// <summary>Whether pages show what happens too late or not at all.</summary>
    public bool IsAlarm => State is CanaryState.Late or CanaryState.Lost;

    /// <summary>95 % of everything was shown within this; null before the first.</summary>
    public TimeSpan? Most => Heartbeat > Leave || Leave is null ? Heartbeat : Leave;
}

/// <summary>How the canary is.</summary>
public enum CanaryState
{
    /// <summary>It is switched off.</summary>
    Off,

    /// <summary>Presence is off: nobody can come, and so it can't.</summary>
    Resting,

    /// <summary>Pages show what happens in time.</summary>
    Fine,

    /// <summary>Pages show it later than promised.</summary>
    Late,

    /// <summary>Pages don't show it at all.</summary>
    Lost,
}
