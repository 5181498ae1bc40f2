namespace Presence.Client;

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

    /// <summary>The room's broadcast is over.</summary>
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
