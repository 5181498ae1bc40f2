namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Who acts, as histories name them.</summary>
/// <param name="Email">The account's email.</param>
internal sealed record ModeratorIdentity(string Email);
