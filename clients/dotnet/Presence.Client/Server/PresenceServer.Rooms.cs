using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    /// <summary>What the server takes in one request.</summary>
    private const int MostRoomsAtOnce = 200;

    /// <summary>The state of rooms, in the requested order. An empty room counts 0.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public async Task<IReadOnlyList<RoomSummary>> GetRoomsAsync(IEnumerable<string> roomIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(roomIds);
        var ids = roomIds.ToArray();
        var rooms = new List<RoomSummary>(ids.Length);
        for (var start = 0; start < ids.Length; start += MostRoomsAtOnce)
        {
            var query = string.Join("&", ids.Skip(start).Take(MostRoomsAtOnce).Select(id => "ids[]=" + Uri.EscapeDataString(id)));
            var page = await ReadAsync("/api/v1/presence/rooms?" + query, PresenceJson.Default.RoomsAnswer, cancellationToken).ConfigureAwait(false);
            rooms.AddRange(page.Rooms ?? throw PresenceException.NotOfThisServer());
        }
        return rooms;
    }

    /// <summary>A room's definition. Also works for a room without one.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public async Task<RoomDefinition> GetRoomAsync(string roomId, CancellationToken cancellationToken = default)
    {
        var (document, etag) = await ReadVersionAsync(ApiRequest.Get(DefinitionOf(roomId)), PresenceJson.Default.RoomDefinitionDocument, cancellationToken).ConfigureAwait(false);
        return document.ToDefinition(roomId, etag);
    }

    /// <summary>Replaces a room's definition. Null members follow the network. Needs the scope <c>rooms</c>.</summary>
    /// <param name="room">The definition you read and changed, or a new one, which overwrites any version.</param>
    /// <param name="cancellationToken">Stops waiting. The ban may be in effect anyway.</param>
    /// <returns>The definition in effect, to change further.</returns>
    /// <exception cref="PresenceException">Refused. Status 412 if the room has changed since you read it.</exception>
    public async Task<RoomDefinition> SaveRoomAsync(RoomDefinition room, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        var request = new ApiRequest(HttpMethod.Put, DefinitionOf(room.RoomId))
        {
            Body = Json(RoomDefinitionDocument.Of(room), PresenceJson.Default.RoomDefinitionDocument),
            IfMatch = room.ETag ?? "*",
        };
        var (document, etag) = await ReadVersionAsync(request, PresenceJson.Default.RoomDefinitionDocument, cancellationToken).ConfigureAwait(false);
        return document.ToDefinition(room.RoomId, etag);
    }

    /// <summary>Deletes a room's definition, so that it follows the network. Also succeeds if there is none. Needs the scope <c>rooms</c>.</summary>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task ForgetRoomAsync(string roomId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, DefinitionOf(roomId)), cancellationToken);

    private static string DefinitionOf(string roomId) => $"/api/v1/admin/rooms/{RoomPath.Segment(roomId, nameof(roomId))}";
}

/// <summary>A room's definition. Null members follow the network.</summary>
/// <param name="roomId">The room.</param>
public sealed class RoomDefinition(string roomId)
{
    /// <summary>The room.</summary>
    public string RoomId { get; } = roomId;

    /// <summary>The title, shown instead of the id, 1 to 100 characters.</summary>
    public string? Title { get; set; }

    /// <summary>Whether the room is ended: all viewers leave, heartbeats are refused.</summary>
    public bool IsEnded { get; set; }

    /// <summary>False switches presence off in the room. True can't override a network that is off.</summary>
    public bool? IsEnabled { get; set; }

    /// <summary>Whole seconds, 1 s to 10 min.</summary>
    public TimeSpan? HeartbeatInterval { get; set; }

    /// <summary>Whole seconds, 6 s to 60 min, and at least the interval plus 5 s.</summary>
    public TimeSpan? PresenceTimeout { get; set; }

    /// <summary>The version it was read as; null for one made here.</summary>
    internal string? ETag { get; init; }
}

/// <summary>A room's state at one moment.</summary>
public sealed class RoomSummary
{
    /// <summary>The room.</summary>
    public string RoomId { get; init; } = "";

    /// <summary>What is shown instead of the id, if anything.</summary>
    public string? Title { get; init; }

    /// <summary><c>live</c>, or <c>ended</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Whether presence is on in it.</summary>
    public bool Enabled { get; init; }

    /// <summary>All distinct viewers.</summary>
    public int Count { get; init; }

    /// <summary>Viewers with all sessions in the background.</summary>
    public int Hidden { get; init; }

    /// <summary>Viewers whose heartbeats are overdue.</summary>
    public int Fading { get; init; }

    /// <summary>Viewers without an account.</summary>
    public int Guests { get; init; }

    /// <summary>Tabs and devices.</summary>
    public int Sessions { get; init; }

    /// <summary>Since when the room has had viewers. Null while it is empty.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The most viewers since then.</summary>
    public int Peak { get; init; }
}

/// <summary>A definition on the wire, both ways.</summary>
internal sealed class RoomDefinitionDocument
{
    private const string Ended = "ended";

    public string? Title { get; init; }
    public string? Status { get; init; }
    public OverridesPart? Overrides { get; init; }

    public static RoomDefinitionDocument Of(RoomDefinition room) => new()
    {
        Title = room.Title,
        Status = room.IsEnded ? Ended : "live",
        Overrides = new OverridesPart
        {
            Enabled = room.IsEnabled,
            HeartbeatIntervalSeconds = Seconds(room.HeartbeatInterval),
            PresenceTimeoutSeconds = Seconds(room.PresenceTimeout),
        },
    };

    public RoomDefinition ToDefinition(string roomId, string? etag) => new(roomId)
    {
        Title = Title,
        IsEnded = Status == Ended,
        IsEnabled = Overrides?.Enabled,
        HeartbeatInterval = Duration(Overrides?.HeartbeatIntervalSeconds),
        PresenceTimeout = Duration(Overrides?.PresenceTimeoutSeconds),
        ETag = etag,
    };

    private static double? Seconds(TimeSpan? duration) => duration?.TotalSeconds;

    private static TimeSpan? Duration(double? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;

    internal sealed class OverridesPart
    {
        public bool? Enabled { get; init; }
        public double? HeartbeatIntervalSeconds { get; init; }
        public double? PresenceTimeoutSeconds { get; init; }
    }
}

/// <summary>How rooms are.</summary>
internal sealed class RoomsAnswer
{
    public List<RoomSummary>? Rooms { get; init; }
}
