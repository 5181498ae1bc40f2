namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>An account cannot be changed like that. Nothing was done.</summary>
/// <param name="message">A sentence with the rule and the way out, fit to be shown.</param>
internal sealed class ModeratorChangeRefusedException(string message) : Exception(message);
