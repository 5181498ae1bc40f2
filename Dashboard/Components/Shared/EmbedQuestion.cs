namespace Presence.Dashboard.Components.Shared;

/// <summary>What a moderator is asked to confirm, since it ends what other sites show.</summary>
public enum EmbedQuestion
{
    None,
    Renew,
    Revoke,
}
