using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>Looks after the open streams: twice a second, so that whoever may not read any more is cut off within one.</summary>
internal sealed class EventStreamLoop(EventStreams streams, LoopRegistry registry, TimeProvider time, ILogger<EventStreamLoop> logger)
    : BackgroundLoop("event streams", TimeSpan.FromMilliseconds(500), registry, time, logger)
{
    protected override Task PassAsync(CancellationToken cancellationToken)
    {
        streams.Pulse();
        return Task.CompletedTask;
    }
}
