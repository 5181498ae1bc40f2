namespace Presence.Dashboard.Components;

/// <summary>The Blazor pages.</summary>
internal static class DashboardPages
{
    public static void AddDashboardPages(this WebApplicationBuilder builder) => _ = builder;

    public static void MapDashboardPages(this WebApplication app) => _ = app;
}
