namespace Presence.Dashboard.Api;

/// <summary>The HTTP API under /api and health.</summary>
internal static class PresenceApi
{
    public static void AddPresenceApi(this WebApplicationBuilder builder) => _ = builder;

    public static void MapPresenceApi(this WebApplication app) => _ = app;
}
