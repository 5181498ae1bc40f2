using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Presence.Engine;

namespace Presence.Dashboard.Hosting.Metrics;

/// <summary>Listens to the engine's meter and the runtime's, and holds what they measured for whoever asks.</summary>
/// <remarks>
/// The web server's meters are left out: one of their measurements a request would cost a heartbeat more than its
/// heartbeat does.
/// </remarks>
internal sealed class MetricsRecorder : IHostedService, IDisposable
{
    private const string Runtime = "System.Runtime";

    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _reading = new();

    public MetricsRecorder(PresenceEngine engine)
    {
        // By the meter itself: a process may hold more than one engine.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, engine.Meter) || instrument.Meter.Name == Runtime)
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, made => new MetricFamily(made)));
        };
        _listener.SetMeasurementEventCallback<int>(static (_, value, labels, family) => Measure(family, value, labels));
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, family) => Measure(family, value, labels));
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, family) => Measure(family, value, labels));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Everything measured until now, as OpenMetrics text.</summary>
    public string Write()
    {
        lock (_reading)
        {
            _listener.RecordObservableInstruments();
            return OpenMetricsText.Write(_families.Values);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Measure(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => ((MetricFamily)family!).Measure(value, labels);
}
