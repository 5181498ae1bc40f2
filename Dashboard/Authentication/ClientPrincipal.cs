using System.Runtime.CompilerServices;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Authentication;

/// <summary>Who calls: the subject of an access token, or the customer's backend. Resolved once a token and then shared by its requests.</summary>
internal sealed class ClientPrincipal
{
    private RateLimitSlots _heartbeats;
    private int _revocationsSeen = -1;
    private int _deviceBansSeen;

    public required ClientKind Kind { get; init; }

    /// <summary>The token's subject; the only user this caller can act as. Empty for a server key.</summary>
    public required string UserId { get; init; }

    /// <summary>The session of a heartbeat that names none: the device of the login.</summary>
    public required string SessionId { get; init; }

    /// <summary>Identifies the token when it is revoked.</summary>
    public required string TokenId { get; init; }

    /// <summary>How changes made by this caller are signed.</summary>
    public required string Name { get; init; }

    /// <summary>What the customer's token says of its subject; null for our own tokens, which say nothing that the store does not.</summary>
    public UserProfile? Profile { get; init; }

    /// <summary>What a server key may do; nothing for viewers.</summary>
    public ServerScopes Scopes { get; init; }

    /// <summary>The rooms a viewer's token is for; null for all.</summary>
    public RoomScope? Rooms { get; init; }

    /// <summary>Nobody vouched for the user: a guest, or a login without proof.</summary>
    public bool IsUnverified { get; init; }

    public bool IsGuest => Kind == ClientKind.Guest;

    public bool IsServer => Kind == ClientKind.Server;

    /// <summary>In whose share the viewers count that a server key sends heartbeats for.</summary>
    public ViewerOrigin Origin => ViewerOrigin.ServerKey((uint)TokenId.GetHashCode(StringComparison.Ordinal));

    public DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Later than <see cref="ExpiresAt"/> where the clock that wrote it is not ours.</summary>
    public DateTimeOffset AcceptedUntil { get; init; }

    /// <summary>The key the token was checked with; null for the key of the configuration, which is there as long as the process.</summary>
    public TokenKey? Key { get; init; }

    public bool IsKeyWithdrawn => Key is { IsWithdrawn: true };

    /// <summary>The last revocation this token was compared with; a lower number than the newest means "look again".</summary>
    public int RevocationsSeen
    {
        get => Volatile.Read(ref _revocationsSeen);
        set => Volatile.Write(ref _revocationsSeen, value);
    }

    /// <summary>The device as the login named it, or the session of the customer's token; null where neither did. Never what a body says.</summary>
    public string? DeviceId => Kind is ClientKind.Viewer or ClientKind.Guest && SessionId.Length > 0 ? SessionId : null;

    /// <summary>The version of device bans at which this caller's device was free.</summary>
    public int DeviceBansSeen
    {
        get => Volatile.Read(ref _deviceBansSeen);
        set => Volatile.Write(ref _deviceBansSeen, value);
    }

    /// <summary>Whether this caller has business with a room at all.</summary>
    public bool MayEnter(string roomId) => Rooms is null || Rooms.Allows(roomId);

    /// <summary>Takes one heartbeat from the pace of a session in a room.</summary>
    /// <remarks>
    /// A token has a fixed number of buckets that its sessions share by chance: no table that grows, and whatever session
    /// ids a client makes up, the token as a whole stays limited.
    /// </remarks>
    public bool TryTake(TokenBucket limit, string roomId, string sessionId, out TimeSpan wait)
    {
        var slot = HashCode.Combine(PresenceComparers.RoomId.GetHashCode(roomId), PresenceComparers.SessionId.GetHashCode(sessionId)) & (RateLimitSlots.Count - 1);
        return limit.TryTake(ref _heartbeats[slot], out wait);
    }

    [InlineArray(Count)]
    private struct RateLimitSlots
    {
        public const int Count = 16;

#pragma warning disable IDE0051, IDE0044, CS0169, S1144 // the one element the runtime repeats
        private long _first;
#pragma warning restore IDE0051, IDE0044, CS0169, S1144
    }
}

/// <summary>The kinds of caller the API knows.</summary>
internal enum ClientKind
{
    /// <summary>A user with an access token.</summary>
    Viewer,

    /// <summary>A viewer without an account.</summary>
    Guest,

    /// <summary>The customer's backend with a server key.</summary>
    Server,

    /// <summary>The holder of a share link's token, for one stream. No route accepts it as a caller.</summary>
    ShareLink,
}

/// <summary>The caller, or why it is unknown.</summary>
internal readonly struct Authenticated
{
    public Authenticated(ClientPrincipal principal) => Principal = principal;

    public Authenticated(string problem) => Problem = problem;

    private Authenticated(string problem, bool isUnavailable) => (Problem, IsUnavailable) = (problem, isUnavailable);

    public ClientPrincipal? Principal { get; }

    public string? Problem { get; }

    /// <summary>Not known yet. The same credentials may be valid in a moment.</summary>
    public bool IsUnavailable { get; }

    public static Authenticated Unavailable(string problem) => new(problem, isUnavailable: true);
}
