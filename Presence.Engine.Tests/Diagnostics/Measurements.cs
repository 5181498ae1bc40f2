using System.Diagnostics.Metrics;

namespace Presence.Engine.Tests.Diagnostics;

/// <summary>What one engine's meter told: by instrument, and by instrument and label as in <c>name value</c>.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Count, double Sum)> _told = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string?)> _labels = [];

    public Measurements(PresenceEngine engine)
    {
        _listener = new MeterListener
        {
            // By the meter itself: other tests' engines have one of the same name.
            InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter, engine.Meter))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<(string Name, string? Value)> Labels => _labels;

    public void Observe() => _listener.RecordObservableInstruments();

    public double Sum(string name) => Told(name).Sum;

    public int Count(string name) => Told(name).Count;

    public void Dispose() => _listener.Dispose();

    private (int Count, double Sum) Told(string name)
    {
        lock (_lock)
            return _told.GetValueOrDefault(name);
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            var name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
            var (count, sum) = _told.GetValueOrDefault(name);
            _told[name] = (count + 1, sum + value);
            foreach (var (label, text) in tags)
                _labels.Add((label, text?.ToString()));
        }
    }
}
