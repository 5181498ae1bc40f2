namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>An account cannot be changed like that. Nothing was done.</summary>
/// <param name="explanation">A sentence of a resource with the rule and the way out.</param>
internal sealed class ModeratorChangeRefusedException(string explanation) : Exception(explanation)
{
    /// <summary>What a page shows.</summary>
    public string Explanation { get; } = explanation;
}
