namespace Presence.Dashboard.Authentication;

/// <summary>Who calls, or why nobody knows.</summary>
internal readonly struct Authenticated
{
    public Authenticated(ClientPrincipal principal) => Principal = principal;

    public Authenticated(string problem) => Problem = problem;

    public ClientPrincipal? Principal { get; }

    public string? Problem { get; }
}
