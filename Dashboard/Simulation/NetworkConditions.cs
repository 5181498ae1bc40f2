namespace Presence.Dashboard.Simulation;

/// <summary>How bad networks are at the moment.</summary>
/// <param name="time">The clock latencies are measured by.</param>
/// <param name="share">The share of requests that are lost, one way or the other half each.</param>
internal sealed class NetworkConditions(TimeProvider time, double share)
{
    private double _lossy = share;

    public static NetworkConditions Perfect(TimeProvider time) => new(time, share: 0);

    public TimeProvider Time => time;

    /// <summary>Everything passes from now on.</summary>
    public void Clear() => Volatile.Write(ref _lossy, 0);

    public PacketFate Next()
    {
        var lossy = Volatile.Read(ref _lossy);
        if (lossy == 0)
            return PacketFate.Passes;
        var chance = Random.Shared.NextDouble();
        return chance >= lossy ? PacketFate.Passes : chance < lossy / 2 ? PacketFate.RequestLost : PacketFate.AnswerLost;
    }
}
