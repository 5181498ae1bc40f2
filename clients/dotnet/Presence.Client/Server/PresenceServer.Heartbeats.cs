using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    /// <summary>What the server takes in one request.</summary>
    private const int MostAtOnce = 1_000;

    /// <summary>Sends one heartbeat for each of many users, such as those of another system. Needs the scope <c>presence</c>.</summary>
    /// <param name="heartbeats">Any number; a thousand go with each request, one request after the other.</param>
    /// <param name="cancellationToken">Gives up; what was sent before counts.</param>
    /// <returns>How many were taken, and which were not and why.</returns>
    /// <exception cref="PresenceException">A request failed as a whole; those before it count.</exception>
    public async Task<HeartbeatsReceipt> SendHeartbeatsAsync(IEnumerable<UserHeartbeat> heartbeats, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heartbeats);
        var all = heartbeats.ToArray();
        var accepted = 0;
        var rejected = new List<RejectedHeartbeat>();
        for (var start = 0; start < all.Length; start += MostAtOnce)
        {
            var part = new HeartbeatsBody { Heartbeats = [.. all.Skip(start).Take(MostAtOnce)] };
            var request = new ApiRequest(HttpMethod.Post, "/api/v1/presence/heartbeats") { Body = Json(part, PresenceJson.Default.HeartbeatsBody) };
            var answer = await SendAsync(request, PresenceJson.Default.HeartbeatsAnswer, cancellationToken).ConfigureAwait(false);
            accepted += answer.Accepted;
            foreach (var refusal in answer.Rejected ?? [])
                rejected.Add(new RejectedHeartbeat { Index = start + refusal.Index, Code = refusal.Code, Message = refusal.Message });
        }
        return new HeartbeatsReceipt { Accepted = accepted, Rejected = rejected };
    }
}
