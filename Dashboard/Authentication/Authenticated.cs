namespace Presence.Dashboard.Authentication;

/// <summary>Who calls, or why nobody knows.</summary>
internal readonly struct Authenticated
{
    public Authenticated(ClientPrincipal principal) => Principal = principal;

    public Authenticated(string problem) => Problem = problem;

    private Authenticated(string problem, bool isUnavailable) => (Problem, IsUnavailable) = (problem, isUnavailable);

    public ClientPrincipal? Principal { get; }

    public string? Problem { get; }

    /// <summary>Nobody can know yet; the same credentials may be good in a moment.</summary>
    public bool IsUnavailable { get; }

    public static Authenticated Unavailable(string problem) => new(problem, isUnavailable: true);
}
