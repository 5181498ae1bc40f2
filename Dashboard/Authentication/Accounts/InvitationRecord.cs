namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>An invitation as it is stored: the token itself is not, so that a copy of the database invites nobody.</summary>
internal sealed class InvitationRecord
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public required ModeratorRole Role { get; set; }
    public required byte[] TokenHash { get; set; }
    public required string InvitedBy { get; set; }
    public required DateTimeOffset InvitedAt { get; set; }
    public required DateTimeOffset ExpiresAt { get; set; }
}
