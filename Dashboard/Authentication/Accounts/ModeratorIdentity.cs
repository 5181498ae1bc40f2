namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Who acts, as histories name them.</summary>
/// <param name="Email">The account's email.</param>
/// <param name="AccountId">The account, whatever its email becomes.</param>
internal sealed record ModeratorIdentity(string Email, string AccountId);
