namespace Presence.Client.Server;

/// <summary>Where the server is and what your backend shows it. Read once, when a <see cref="PresenceServer"/> is made.</summary>
public sealed class PresenceServerOptions
{
    /// <summary>The server's address, such as <c>https://presence.example.com</c>. Required.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>A server key with the scopes that are used. Required; keep it out of apps.</summary>
    public string? ServerKey { get; set; }

    /// <summary>What requests are sent with; the caller's to dispose. That of the running process by default.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The clock and its timers; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
