using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Display;

/// <summary>Words a <see cref="ModeratorRole"/>.</summary>
internal static class ModeratorRoles
{
    public static readonly IReadOnlyList<ModeratorRole> All = Enum.GetValues<ModeratorRole>();

    public static string Text(ModeratorRole? role) => role switch
    {
        ModeratorRole.Observer => PeopleTexts.Observer,
        ModeratorRole.Moderator => PeopleTexts.Moderator,
        ModeratorRole.Admin => PeopleTexts.Admin,
        _ => PeopleTexts.NoRole,
    };

    public static string Explanation(ModeratorRole role) => role switch
    {
        ModeratorRole.Observer => PeopleTexts.ObserverMay,
        ModeratorRole.Moderator => PeopleTexts.ModeratorMay,
        _ => PeopleTexts.AdminMay,
    };
}
