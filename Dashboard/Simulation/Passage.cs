namespace Presence.Dashboard.Simulation;

/// <summary>One request on its way.</summary>
/// <param name="Request">The request.</param>
/// <param name="SentAt">When it set out, as a timestamp.</param>
internal readonly record struct Passage(HttpRequestMessage Request, long SentAt)
{
    public bool IsHeartbeat => Request.Method == HttpMethod.Post && Request.RequestUri!.AbsolutePath.EndsWith("/heartbeat", StringComparison.Ordinal);

    public bool IsLeave => Request.Method == HttpMethod.Delete;
}
