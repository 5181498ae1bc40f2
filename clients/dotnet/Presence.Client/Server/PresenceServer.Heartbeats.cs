using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    /// <summary>What the server takes in one request.</summary>
    private const int MostAtOnce = 1_000;

    /// <summary>Sends one heartbeat for each of many users, such as those of another system. Needs the scope <c>presence</c>.</summary>
    /// <param name="heartbeats">Any number. Sent in requests of 1,000, one after the other.</param>
    /// <param name="cancellationToken">Gives up; what was sent before counts.</param>
    /// <returns>The number accepted, and the rejected ones with reasons.</returns>
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

/// <summary>One heartbeat for a user.</summary>
/// <param name="roomId">The room.</param>
/// <param name="userId">The viewer.</param>
public sealed class UserHeartbeat(string roomId, string userId)
{
    /// <summary>The room.</summary>
    public string RoomId { get; } = roomId;

    /// <summary>The viewer.</summary>
    public string UserId { get; } = userId;

    /// <summary>Distinguishes the user's sessions. Default: one session.</summary>
    public string? SessionId { get; set; }

    /// <summary>The viewer's state. Default: visible.</summary>
    public ViewerState State { get; set; }

    /// <summary>The viewer's device, for moderators.</summary>
    public string? Device { get; set; }

    /// <summary>The app's version, for moderators.</summary>
    public string? AppVersion { get; set; }

    /// <summary>False: the viewer is counted, and named in no list, until it leaves. Null says nothing of it.</summary>
    public bool? Listed { get; set; }
}

/// <summary>The result of many heartbeats.</summary>
public sealed class HeartbeatsReceipt
{
    /// <summary>The number accepted.</summary>
    public int Accepted { get; init; }

    /// <summary>The rejected ones.</summary>
    public IReadOnlyList<RejectedHeartbeat> Rejected { get; init; } = [];
}

/// <summary>A rejected heartbeat.</summary>
public sealed class RejectedHeartbeat
{
    /// <summary>Its index among those sent, from 0.</summary>
    public int Index { get; init; }

    /// <summary>The code it would have got alone.</summary>
    public int Code { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public string Message { get; init; } = "";
}

/// <summary>Many heartbeats, as they are sent.</summary>
internal sealed class HeartbeatsBody
{
    public IReadOnlyList<UserHeartbeat> Heartbeats { get; init; } = [];
}

/// <summary>What many heartbeats are answered with.</summary>
internal sealed class HeartbeatsAnswer
{
    public int Accepted { get; init; }
    public List<RejectedHeartbeat>? Rejected { get; init; }
}
