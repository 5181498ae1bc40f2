using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    private const string Bans = "/api/v1/admin/removals";

    /// <summary>Keeps a user out of a room for a while: gone at once, told why. Needs the scope <c>moderation</c>.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userId">Who; a guest by the id that lists show.</param>
    /// <param name="duration">For how long, 1 s to 3,660 days.</param>
    /// <param name="reason">What the user is told, up to 200 characters.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be in force all the same.</param>
    /// <exception cref="PresenceException">It was refused, or there was no answer.</exception>
    public Task<Removal> RemoveFromRoomAsync(string roomId, string userId, TimeSpan duration, string? reason = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(RemovalsOf(roomId), userId, duration, reason, cancellationToken);

    /// <summary>Lets a user into a room again; also where nobody kept it out.</summary>
    /// <exception cref="PresenceException">It was refused, or there was no answer.</exception>
    public Task ReadmitToRoomAsync(string roomId, string userId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, $"{RemovalsOf(roomId)}/{RoomPath.Segment(userId, nameof(userId))}"), cancellationToken);

    /// <summary>Who is kept out of a room, the latest first.</summary>
    /// <exception cref="PresenceException">It could not be had.</exception>
    public IAsyncEnumerable<Removal> GetRemovalsAsync(string roomId, CancellationToken cancellationToken = default) => PagesAsync(RemovalsOf(roomId), cancellationToken);

    /// <summary>Keeps a user out of the network for a while. Needs the scope <c>moderation</c>.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="duration">For how long, 1 s to 3,660 days.</param>
    /// <param name="reason">What the user is told, up to 200 characters.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be in force all the same.</param>
    /// <exception cref="PresenceException">It was refused, or there was no answer.</exception>
    public Task<Removal> BanAsync(string userId, TimeSpan duration, string? reason = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(Bans, userId, duration, reason, cancellationToken);

    /// <summary>Lets a user into the network again; also where nobody kept it out.</summary>
    /// <exception cref="PresenceException">It was refused, or there was no answer.</exception>
    public Task LiftBanAsync(string userId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, $"{Bans}/{RoomPath.Segment(userId, nameof(userId))}"), cancellationToken);

    /// <summary>Who is banned, the latest first.</summary>
    /// <exception cref="PresenceException">It could not be had.</exception>
    public IAsyncEnumerable<Removal> GetBansAsync(CancellationToken cancellationToken = default) => PagesAsync(Bans, cancellationToken);

    private static string RemovalsOf(string roomId) => $"/api/v1/admin/rooms/{RoomPath.Segment(roomId, nameof(roomId))}/removals";

    private Task<Removal> RemoveAsync(string path, string userId, TimeSpan duration, string? reason, CancellationToken cancellationToken)
    {
        var body = new RemovalBody { UserId = userId, DurationSeconds = (int)Math.Ceiling(duration.TotalSeconds), Reason = reason };
        return SendAsync(new ApiRequest(HttpMethod.Post, path) { Body = Json(body, PresenceJson.Default.RemovalBody) }, PresenceJson.Default.Removal, cancellationToken);
    }
}

/// <summary>A user kept out of a room or, without a room, of the network.</summary>
public sealed class Removal
{
    /// <summary>The room; null for a ban.</summary>
    public string? RoomId { get; init; }

    /// <summary>Who.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Until when.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>What the user is told.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset RemovedAt { get; init; }

    /// <summary>Who did it: a moderator's email or a server key's name.</summary>
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
