using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    private const string Bans = "/api/v1/admin/removals";

    /// <summary>Removes a user from a room and bans them for a time. Needs the scope <c>moderation</c>.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userId">The user. For a guest, the id shown in the lists.</param>
    /// <param name="duration">The duration, 1 s to 3,660 days. <see cref="Timeout.InfiniteTimeSpan"/> bans until the ban is lifted.</param>
    /// <param name="reason">The reason for the user, up to 200 characters.</param>
    /// <param name="cancellationToken">Stops waiting. The ban may be in effect anyway.</param>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task<Removal> RemoveFromRoomAsync(string roomId, string userId, TimeSpan duration, string? reason = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(RemovalsOf(roomId), userId, duration, reason, withDevices: false, cancellationToken);

    /// <summary>Lifts a ban from a room. Also succeeds if there is none.</summary>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task ReadmitToRoomAsync(string roomId, string userId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, $"{RemovalsOf(roomId)}/{RoomPath.Segment(userId, nameof(userId))}"), cancellationToken);

    /// <summary>A room's bans, newest first.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public IAsyncEnumerable<Removal> GetRemovalsAsync(string roomId, CancellationToken cancellationToken = default) => RemovalsAsync(RemovalsOf(roomId), cancellationToken);

    /// <summary>Removes a user from the network and bans them for a time. Needs the scope <c>moderation</c>.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="duration">The duration, 1 s to 3,660 days. <see cref="Timeout.InfiniteTimeSpan"/> bans until the ban is lifted.</param>
    /// <param name="reason">The reason for the user, up to 200 characters.</param>
    /// <param name="cancellationToken">Stops waiting. The ban may be in effect anyway.</param>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task<Removal> BanAsync(string userId, TimeSpan duration, string? reason = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(Bans, userId, duration, reason, withDevices: false, cancellationToken);

    /// <summary>
    /// Bans a user from the network, and the devices of the user's logins in use, at most 10: anyone who logs in with one of them is
    /// refused. Needs the scope <c>moderation</c>.
    /// </summary>
    /// <inheritdoc cref="BanAsync" path="/param|/exception"/>
    public Task<Removal> BanWithDevicesAsync(string userId, TimeSpan duration, string? reason = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(Bans, userId, duration, reason, withDevices: true, cancellationToken);

    /// <summary>Lifts a ban from the network. Also succeeds if there is none.</summary>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task LiftBanAsync(string userId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, $"{Bans}/{RoomPath.Segment(userId, nameof(userId))}"), cancellationToken);

    /// <summary>The network's bans, newest first.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public IAsyncEnumerable<Removal> GetBansAsync(CancellationToken cancellationToken = default) => RemovalsAsync(Bans, cancellationToken);

    /// <summary>The bans of the network and of all rooms, also past ones, newest first.</summary>
    /// <param name="query">The filter. Default: the active ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PresenceException">The read failed.</exception>
    public IAsyncEnumerable<BanRecord> FindBansAsync(BanQuery? query = null, CancellationToken cancellationToken = default) =>
        PagesAsync("/api/v1/admin/bans" + (query ?? new BanQuery()).ToQuery(), PresenceJson.Default.BansAnswer, static page => (page.Bans, page.Cursor), cancellationToken);

    private static string RemovalsOf(string roomId) => $"/api/v1/admin/rooms/{RoomPath.Segment(roomId, nameof(roomId))}/removals";

    private IAsyncEnumerable<Removal> RemovalsAsync(string path, CancellationToken cancellationToken) =>
        PagesAsync(path, PresenceJson.Default.RemovalsAnswer, static page => (page.Removals, page.Cursor), cancellationToken);

    private Task<Removal> RemoveAsync(string path, string userId, TimeSpan duration, string? reason, bool withDevices, CancellationToken cancellationToken)
    {
        var isForever = duration == Timeout.InfiniteTimeSpan;
        var body = new RemovalBody
        {
            UserId = userId,
            DurationSeconds = isForever ? null : (long)Math.Ceiling(duration.TotalSeconds),
            Forever = isForever ? true : null,
            Devices = withDevices ? true : null,
            Reason = reason,
        };
        return SendAsync(new ApiRequest(HttpMethod.Post, path) { Body = Json(body, PresenceJson.Default.RemovalBody) }, PresenceJson.Default.Removal, cancellationToken);
    }
}

/// <summary>A user's ban from a room or, without a room, from the network.</summary>
public class Removal
{
    /// <summary>The room. Null for the network.</summary>
    public string? RoomId { get; init; }

    /// <summary>Who.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Until when. The last day of the year 9999 for a ban without an end.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Whether it holds until it is lifted.</summary>
    public bool Forever { get; init; }

    /// <summary>How many devices are banned with the user.</summary>
    public int Devices { get; init; }

    /// <summary>The reason for the user.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset RemovedAt { get; init; }

    /// <summary>Who set it: an account's email or a server key's name.</summary>
    public string RemovedBy { get; init; } = "";
}

/// <summary>A ban, active or past.</summary>
public sealed class BanRecord : Removal
{
    /// <summary>Increases with every ban.</summary>
    public long Id { get; init; }

    /// <summary><c>active</c>, <c>expired</c>, <c>lifted</c>, or <c>replaced</c> by a later ban of the same user in the same place.</summary>
    public string State { get; init; } = "";

    /// <summary>When it ended. Null while it is active.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who lifted or replaced it. Null if no one did.</summary>
    public string? EndedBy { get; init; }
}

/// <summary>Which bans to read. Each filter that is set narrows the list.</summary>
public sealed class BanQuery
{
    /// <summary>Active bans, past ones or both.</summary>
    public BanState State { get; set; }

    /// <summary>True: only bans from the network. False: only bans from rooms.</summary>
    public bool? IsFromNetwork { get; set; }

    /// <summary>Only bans from this room.</summary>
    public string? RoomId { get; set; }

    /// <summary>Only bans of this user.</summary>
    public string? UserId { get; set; }

    /// <summary>Only bans by this account's email or server key's name.</summary>
    public string? By { get; set; }

    /// <summary>Part of the user's id or name, the room, the reason or who banned, up to 64 characters.</summary>
    public string? Search { get; set; }

    internal string ToQuery()
    {
        (string Name, string? Value)[] parts =
        [
            ("state", State switch { BanState.Past => "past", BanState.All => "all", _ => "active" }),
            ("scope", IsFromNetwork switch { true => "network", false => "rooms", null => null }),
            ("roomId", RoomId),
            ("userId", UserId),
            ("by", By),
            ("search", Search),
        ];
        return "?" + string.Join("&", parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
    }
}

/// <summary>Whether bans still hold.</summary>
public enum BanState
{
    /// <summary>Those that keep their user out.</summary>
    Active,

    /// <summary>Those that ended, were lifted or were replaced.</summary>
    Past,

    /// <summary>Both.</summary>
    All,
}

/// <summary>A removal, as it is sent.</summary>
internal sealed class RemovalBody
{
    public string? UserId { get; init; }
    public long? DurationSeconds { get; init; }
    public bool? Forever { get; init; }
    public bool? Devices { get; init; }
    public string? Reason { get; init; }
}

/// <summary>A page of removals.</summary>
internal sealed class RemovalsAnswer
{
    public List<Removal>? Removals { get; init; }
    public string? Cursor { get; init; }
}

/// <summary>A page of bans.</summary>
internal sealed class BansAnswer
{
    public List<BanRecord>? Bans { get; init; }
    public string? Cursor { get; init; }
}
