namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>A fresh invitation with its link, the only time anybody sees it.</summary>
/// <param name="Invitation">What was stored.</param>
/// <param name="PathAndQuery">The link, without the server's address.</param>
internal sealed record IssuedInvitation(Invitation Invitation, string PathAndQuery);
