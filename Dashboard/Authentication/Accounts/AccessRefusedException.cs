namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>The signed-in moderator may not do this. Nothing was done.</summary>
internal sealed class AccessRefusedException(ModeratorRole needed)
    : Exception($"This needs the role {needed}.")
{
    public ModeratorRole Needed { get; } = needed;
}
