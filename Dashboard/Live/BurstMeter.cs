using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Adds up joins and leaves of the last ten seconds out of the readings one page made.</summary>
/// <remarks><b>Bound.</b> One reading a <see cref="RenderGate"/> pause: about 40.</remarks>
internal sealed class BurstMeter(TimeProvider time)
{
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, long Joined, long Left)> _readings = new();

    public RoomBurst Read(RoomFlow flow)
    {
        _readings.Enqueue((time.GetTimestamp(), flow.Joined, flow.Left));
        while (_readings.Count > 1 && time.GetElapsedTime(_readings.Peek().At) > Span)
            _readings.Dequeue();
        var first = _readings.Peek();
        return new RoomBurst(flow.Joined - first.Joined, flow.Left - first.Left);
    }

    public void Clear() => _readings.Clear();
}
