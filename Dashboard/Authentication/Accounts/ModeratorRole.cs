namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>What a moderator may do. Each role includes the ones before it.</summary>
public enum ModeratorRole
{
    /// <summary>Sees rooms, viewers and settings.</summary>
    Observer,

    /// <summary>Also acts: changes the presence settings.</summary>
    Moderator,

    /// <summary>Also decides who else may. The first account is one.</summary>
    Admin,
}
