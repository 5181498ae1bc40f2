namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>One browser signed in to an account, as it is stored: its id itself is not, so that a copy of the database opens no page.</summary>
internal sealed class SessionRecord
{
    public int Id { get; set; }
    public required byte[] TokenHash { get; set; }
    public required string AccountId { get; set; }
    public required DateTimeOffset StartedAt { get; set; }
}
