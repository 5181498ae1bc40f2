namespace Presence.Client.Server;

/// <summary>One of many heartbeats that was not taken.</summary>
public sealed class RejectedHeartbeat
{
    /// <summary>Its place among those sent, from 0.</summary>
    public int Index { get; init; }

    /// <summary>The code it would have had alone.</summary>
    public int Code { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public string Message { get; init; } = "";
}
