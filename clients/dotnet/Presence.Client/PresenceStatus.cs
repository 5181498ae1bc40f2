namespace Presence.Client;

/// <summary>How a heartbeat stands.</summary>
public enum PresenceStatus
{
    /// <summary>Not started, or stopped.</summary>
    Idle,

    /// <summary>The first heartbeat is on its way.</summary>
    Starting,

    /// <summary>The last heartbeat was taken.</summary>
    Present,

    /// <summary>The last attempt failed in a way that passes; another follows.</summary>
    Retrying,

    /// <summary>It failed and the device has no network; the next attempt comes with the network, or after a minute.</summary>
    Offline,

    /// <summary>Presence is off, and the error's message says for what: hide what shows it. Asked again after 1, 2, 4, 8 and then every 15 min.</summary>
    Disabled,

    /// <summary>It has ended. Starting it begins anew.</summary>
    Refused,
}
