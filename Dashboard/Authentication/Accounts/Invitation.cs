namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>A place among the moderators that waits for somebody to take it.</summary>
/// <param name="Id">Names it among the others; no secret.</param>
/// <param name="Name">Whom it is for, in the words of who invited.</param>
/// <param name="Role">What the account will be.</param>
/// <param name="InvitedBy">Who invited.</param>
/// <param name="ExpiresAt">When the link stops working.</param>
internal sealed record Invitation(int Id, string Name, ModeratorRole Role, string InvitedBy, DateTimeOffset ExpiresAt);
