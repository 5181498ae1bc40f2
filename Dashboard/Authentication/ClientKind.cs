namespace Presence.Dashboard.Authentication;

/// <summary>The kinds of caller the API knows.</summary>
internal enum ClientKind
{
    /// <summary>A user with an access token.</summary>
    Viewer,

    /// <summary>A viewer without an account.</summary>
    Guest,

    /// <summary>The customer's backend with a server key.</summary>
    Server,
}
