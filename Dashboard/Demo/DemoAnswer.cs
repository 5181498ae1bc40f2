namespace Presence.Dashboard.Demo;

/// <summary>What the server made of a request, as far as a well-behaved client cares.</summary>
internal enum DemoAnswer
{
    Accepted,

    /// <summary>The token is not, or no longer, good: sign in again.</summary>
    TokenRefused,

    /// <summary>Presence is off (403, 400300), too many requests, or trouble of the server's own: come back later.</summary>
    NotNow,

    /// <summary>This will not be accepted later either.</summary>
    Refused,
}
