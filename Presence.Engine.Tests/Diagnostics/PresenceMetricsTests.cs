using System.Diagnostics.Metrics;
using Presence.Engine.Diagnostics;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Diagnostics;

public sealed class PresenceMetricsTests
{
    [Fact]
    public void Meter_TellsWhatHappened()
    {
        using var world = new EngineWorld();
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            // By the meter itself: other tests' engines have one of the same name.
            InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter, world.Engine.Meter))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        listener.Start();

        world.Beat("ann");
        world.Beat("ann");
        world.Beat("ben", session: "phone");
        world.Beat("cat");
        world.Engine.UserHeartbeat("ann");
        world.Engine.Leave(EngineWorld.Lobby, "cat", "");
        listener.RecordObservableInstruments();
        world.Advance(60);
        world.Beat("dan");
        world.Engine.Apply(PresenceSettings.Default with { Enabled = false });

        Assert.Equal(4, sums[PresenceMetricNames.Heartbeats]);
        Assert.Equal(2, sums[PresenceMetricNames.Viewers]);
        Assert.Equal(2, sums[PresenceMetricNames.Sessions]);
        Assert.Equal(1, sums[PresenceMetricNames.Rooms]);
        Assert.Equal(1, sums[PresenceMetricNames.OnlineUsers]);
        Assert.Equal(5, sums[PresenceMetricNames.WriterLag]);
        Assert.Equal(4, sums[PresenceMetricNames.Joins]);
        Assert.Equal(1, sums[$"{PresenceMetricNames.Leaves} left"]);
        Assert.Equal(2, sums[$"{PresenceMetricNames.Leaves} timeout"]);
        Assert.Equal(1, sums[$"{PresenceMetricNames.Leaves} disabled"]);
        Assert.Equal(60, sums[PresenceMetricNames.SweepLag]);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
            sums[name] = sums.GetValueOrDefault(name) + value;
        }
    }
}
