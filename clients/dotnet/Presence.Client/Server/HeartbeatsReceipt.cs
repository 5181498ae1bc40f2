namespace Presence.Client.Server;

/// <summary>What became of many heartbeats.</summary>
public sealed class HeartbeatsReceipt
{
    /// <summary>How many were taken.</summary>
    public int Accepted { get; init; }

    /// <summary>Which were not.</summary>
    public IReadOnlyList<RejectedHeartbeat> Rejected { get; init; } = [];
}
