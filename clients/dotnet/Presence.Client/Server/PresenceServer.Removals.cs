using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    private const string Bans = "/api/v1/admin/removals";

    /// <summary>Removes a user from a room and bans them for a time. Needs the scope <c>moderation</c>.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userId">The user. For a guest, the id shown in the lists.</param>
    /// <param name="duration">The duration, 1 s to 3,660 days.</param>
    /// <param name="reason">The reason for the user, up to 200 characters.</param>
    /// <param name="cancellationToken">Stops waiting. The ban may be in effect anyway.</param>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task<Removal> RemoveFromRoomAsync(string roomId, string userId, TimeSpan duration, string? reason = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(RemovalsOf(roomId), userId, duration, reason, cancellationToken);

    /// <summary>Lifts a ban from a room. Also succeeds if there is none.</summary>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task ReadmitToRoomAsync(string roomId, string userId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, $"{RemovalsOf(roomId)}/{RoomPath.Segment(userId, nameof(userId))}"), cancellationToken);

    /// <summary>A room's bans, newest first.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public IAsyncEnumerable<Removal> GetRemovalsAsync(string roomId, CancellationToken cancellationToken = default) => PagesAsync(RemovalsOf(roomId), cancellationToken);

    /// <summary>Removes a user from the network and bans them for a time. Needs the scope <c>moderation</c>.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="duration">The duration, 1 s to 3,660 days.</param>
    /// <param name="reason">The reason for the user, up to 200 characters.</param>
    /// <param name="cancellationToken">Stops waiting. The ban may be in effect anyway.</param>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task<Removal> BanAsync(string userId, TimeSpan duration, string? reason = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(Bans, userId, duration, reason, cancellationToken);

    /// <summary>Lifts a ban from the network. Also succeeds if there is none.</summary>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task LiftBanAsync(string userId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, $"{Bans}/{RoomPath.Segment(userId, nameof(userId))}"), cancellationToken);

    /// <summary>The network's bans, newest first.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public IAsyncEnumerable<Removal> GetBansAsync(CancellationToken cancellationToken = default) => PagesAsync(Bans, cancellationToken);

    private static string RemovalsOf(string roomId) => $"/api/v1/admin/rooms/{RoomPath.Segment(roomId, nameof(roomId))}/removals";

    private Task<Removal> RemoveAsync(string path, string userId, TimeSpan duration, string? reason, CancellationToken cancellationToken)
    {
        var body = new RemovalBody { UserId = userId, DurationSeconds = (int)Math.Ceiling(duration.TotalSeconds), Reason = reason };
        return SendAsync(new ApiRequest(HttpMethod.Post, path) { Body = Json(body, PresenceJson.Default.RemovalBody) }, PresenceJson.Default.Removal, cancellationToken);
    }
}

/// <summary>A user's ban from a room or, without a room, from the network.</summary>
public sealed class Removal
{
    /// <summary>The room. Null for the network.</summary>
    public string? RoomId { get; init; }

    /// <summary>Who.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Until when.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>The reason for the user.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset RemovedAt { get; init; }

    /// <summary>Who set it: an account's email or a server key's name.</summary>
    public string RemovedBy { get; init; } = "";
}

/// <summary>A removal, as it is sent.</summary>
internal sealed class RemovalBody
{
    public string? UserId { get; init; }
    public int DurationSeconds { get; init; }
    public string? Reason { get; init; }
}

/// <summary>A page of removals.</summary>
internal sealed class RemovalsAnswer
{
    public List<Removal>? Removals { get; init; }
    public string? Cursor { get; init; }
}
