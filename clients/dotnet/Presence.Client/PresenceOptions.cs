namespace Presence.Client;

/// <summary>
/// Where the server is and who the viewer is. One of <see cref="Token"/> and <see cref="GetToken"/> is required; with both,
/// <see cref="Token"/> is the first. Read once, when a presence is made.
/// </summary>
public class PresenceOptions
{
    private PresenceApp? _app;

    /// <summary>The server's URL, such as <c>https://presence.example.com</c>. Required.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>An access token of the viewer. Without <see cref="GetToken"/>, presence ends when it expires.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// Gets a token, always of the same user: before the first heartbeat, at 80 % of a token's life, and once after a refusal.
    /// Given up after 10 s. Called on any thread.
    /// </summary>
    public Func<CancellationToken, Task<string>>? GetToken { get; set; }

    /// <summary>Tells this client apart from others of the user, 1 to 150 characters. By default one made for <see cref="App"/>.</summary>
    public string? SessionId { get; set; }

    /// <summary>Stops everything when cancelled: the viewer leaves, and watching stops.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>
    /// What requests are sent with; the caller's to dispose, after the presence. By default one of <see cref="App"/>, which keeps
    /// no cookies and follows no redirects.
    /// </summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>
    /// Whether <see cref="HttpClient"/> hands a body over while it arrives, which is usual. False where it does not: the count is
    /// asked for there instead of streamed.
    /// </summary>
    public bool ReadsStreams { get; set; } = true;

    /// <summary>What the app tells of itself, and what its presences share.</summary>
    public PresenceApp App
    {
        get => _app ?? PresenceApp.Current;
        set => _app = value;
    }

    /// <summary>The clock and its timers; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Receives exceptions of listeners. A failing listener ends no heartbeat. Without this, <see cref="System.Diagnostics.Trace"/>
    /// is told.
    /// </summary>
    public Action<Exception>? ListenerFailed { get; set; }

    /// <summary>0 up to, not including, 1.</summary>
    internal Func<double> Jitter { get; set; } = Client.Jitter.Next;
}
