namespace Presence.Client;

/// <summary>Why a heartbeat, a read or a change failed.</summary>
public sealed class PresenceException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">The same, for people.</param>
    /// <param name="innerException">What caused it, if anything else did.</param>
    public PresenceException(PresenceErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public PresenceErrorKind Kind { get; }

    /// <summary>The HTTP status, if there was a reply.</summary>
    public int? Status { get; internal init; }

    /// <summary>The server's code, if it replied. A code never changes its meaning.</summary>
    public int? Code { get; internal init; }

    /// <summary>When the ban ends.</summary>
    public DateTimeOffset? Until { get; internal init; }

    /// <summary>The reason of the ban, for the viewer.</summary>
    public string? Reason { get; internal init; }

    /// <summary>The refused rooms, if a request names several.</summary>
    public IReadOnlyList<string>? RoomIds { get; internal init; }

    /// <summary>The server's requested wait.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>Whether the client won't retry.</summary>
    public bool IsFinal => Kind is not (PresenceErrorKind.Unavailable or PresenceErrorKind.Limited or PresenceErrorKind.Disabled);

    /// <summary>Worth a retry soon.</summary>
    internal bool IsPassing => !IsFinal && Kind != PresenceErrorKind.Disabled;

    internal static PresenceException Unavailable(string message, Exception? cause = null) => new(PresenceErrorKind.Unavailable, message, cause);

    internal static PresenceException NotOfThisServer(Exception? cause = null) => Unavailable("The reply isn't from the presence server.", cause);

    /// <summary>Whatever failed, as what it means here: a fault of a handler or a token provider passes like a network's.</summary>
    internal static PresenceException Of(Exception exception) => exception as PresenceException ?? Unavailable("Couldn't reach the server.", exception);
}

/// <summary>What went wrong, for programs.</summary>
public enum PresenceErrorKind
{
    /// <summary>No reply, or not from this server.</summary>
    Unavailable,

    /// <summary>Presence is switched off for the room or the network. Hide presence. It can return.</summary>
    Disabled,

    /// <summary>The user is banned from the room, until <see cref="PresenceException.Until"/>.</summary>
    Removed,

    /// <summary>The user is banned from the network, until <see cref="PresenceException.Until"/>.</summary>
    Banned,

    /// <summary>The room's broadcast has ended.</summary>
    Ended,

    /// <summary>The token or key was refused, and a renewed one too.</summary>
    Unauthorized,

    /// <summary>Too many requests, or a limit is reached.</summary>
    Limited,

    /// <summary>The request breaks a rule. The message names it.</summary>
    Refused,

    /// <summary>Stopped on this side.</summary>
    Stopped,
}
