namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Accounts of moderators (ASP.NET Core Identity), their cookie, and the pages to sign in and out.</summary>
internal static class ModeratorAccounts
{
    public static void AddModeratorAccounts(this WebApplicationBuilder builder) => _ = builder;

    public static void MapModeratorAccounts(this WebApplication app) => _ = app;
}
