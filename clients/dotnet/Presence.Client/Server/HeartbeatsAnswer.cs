namespace Presence.Client.Server;

/// <summary>What many heartbeats are answered with.</summary>
internal sealed class HeartbeatsAnswer
{
    public int Accepted { get; init; }
    public List<RejectedHeartbeat>? Rejected { get; init; }
}
