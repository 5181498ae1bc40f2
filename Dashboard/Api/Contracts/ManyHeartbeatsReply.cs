namespace Presence.Dashboard.Api.Contracts;

internal sealed record ManyHeartbeatsReply(int Accepted, IReadOnlyList<ManyHeartbeatsReply.Rejection> Rejected)
{
    /// <param name="Index">The heartbeat's place in the request, from 0.</param>
    /// <param name="Code">As an error would carry it.</param>
    /// <param name="Message">As an error would carry it.</param>
    internal sealed record Rejection(int Index, int Code, string Message);
}
