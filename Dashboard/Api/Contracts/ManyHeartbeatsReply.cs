namespace Presence.Dashboard.Api.Contracts;

/// <summary>What became of many heartbeats.</summary>
/// <param name="Accepted">How many were taken.</param>
/// <param name="Rejected">Those that were not.</param>
/// <example>{"accepted":1,"rejected":[]}</example>
internal sealed record ManyHeartbeatsReply(int Accepted, IReadOnlyList<ManyHeartbeatsReply.Rejection> Rejected)
{
    /// <summary>A heartbeat that was not taken.</summary>
    /// <param name="Index">Its place in the request, from 0.</param>
    /// <param name="Code">As an error would carry it.</param>
    /// <param name="Message">As an error would carry it.</param>
    internal sealed record Rejection(int Index, int Code, string Message);
}
