namespace Presence.Client.Watching;

/// <summary>What a watch asks of the presence it belongs to.</summary>
/// <param name="RoomIdNeedsLock">The room.</param>
/// <param name="FreshReceiptNeedsLock">The last answer to a running heartbeat, which may bring the count; null while heartbeats fail.</param>
/// <param name="Report">Queues a call of the user's code.</param>
/// <param name="Deliver">Makes the calls queued, outside of any lock.</param>
internal sealed record CountWatchSource(Func<string> RoomIdNeedsLock, Func<HeartbeatReceipt?> FreshReceiptNeedsLock, Action<Action> Report, Action Deliver);
