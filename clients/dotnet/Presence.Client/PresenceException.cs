namespace Presence.Client;

/// <summary>Why a heartbeat, a read or a change was not answered as hoped.</summary>
public sealed class PresenceException : Exception
{
    /// <summary>Makes one of a kind.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">The same, for people.</param>
    /// <param name="innerException">What caused it, if anything else did.</param>
    public PresenceException(PresenceErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public PresenceErrorKind Kind { get; }

    /// <summary>The HTTP status, if there was an answer.</summary>
    public int? Status { get; internal init; }

    /// <summary>The server's code, if it answered. It keeps its meaning for ever.</summary>
    public int? Code { get; internal init; }

    /// <summary>When a removal or ban ends.</summary>
    public DateTimeOffset? Until { get; internal init; }

    /// <summary>What the viewer is told of a removal or ban.</summary>
    public string? Reason { get; internal init; }

    /// <summary>The rooms that were refused, where a request names several.</summary>
    public IReadOnlyList<string>? RoomIds { get; internal init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>Whether nothing is tried again by itself.</summary>
    public bool IsFinal => Kind is not (PresenceErrorKind.Unavailable or PresenceErrorKind.Limited or PresenceErrorKind.Disabled);

    /// <summary>Worth another try soon.</summary>
    internal bool IsPassing => !IsFinal && Kind != PresenceErrorKind.Disabled;

    internal static PresenceException Unavailable(string message, Exception? cause = null) => new(PresenceErrorKind.Unavailable, message, cause);

    internal static PresenceException NotOfThisServer(Exception? cause = null) => Unavailable("The reply isn't from the presence server.", cause);

    /// <summary>Whatever failed, as what it means here: a fault of a handler or a token provider passes like a network's.</summary>
    internal static PresenceException Of(Exception exception) => exception as PresenceException ?? Unavailable("Couldn't reach the server.", exception);
}

/// <summary>What went wrong, for programs.</summary>
public enum PresenceErrorKind
{
    /// <summary>No answer, or none of this server's.</summary>
    Unavailable,

    /// <summary>Presence is switched off for the room or the network. Hide who is watching; it may come back.</summary>
    Disabled,

    /// <summary>The user is kept out of the room, until <see cref="PresenceException.Until"/>.</summary>
    Removed,

    /// <summary>The user is kept out of the network, until <see cref="PresenceException.Until"/>.</summary>
    Banned,

    /// <summary>The room's broadcast has ended.</summary>
    Ended,

    /// <summary>The token or key is not accepted, nor was a renewed one.</summary>
    Unauthorized,

    /// <summary>Too many requests, or a cap is reached.</summary>
    Limited,

    /// <summary>The request breaks a rule; the message names it.</summary>
    Refused,

    /// <summary>It was ended from this side.</summary>
    Stopped,
}
