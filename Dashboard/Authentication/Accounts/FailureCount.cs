namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Attempts of one kind within one window.</summary>
internal sealed class FailureCount
{
    public required long BeganAt { get; init; }

    /// <summary>Those that were wrong.</summary>
    public int Failed { get; set; }

    /// <summary>Those not yet known to be right or wrong.</summary>
    public int Pending { get; set; }
}
