namespace Presence.Dashboard.Api;

/// <summary>The HTTP API under /api, and health.</summary>
internal static class PresenceApi
{
    public static void AddPresenceApi(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ApiRoutes>();

    public static void MapPresenceApi(this WebApplication app)
    {
        var api = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, ApiGate>();
        api.MapSessions();
        api.MapUsers();
        api.MapHeartbeats();
        api.MapLeaves();
        api.MapRoomPresence();
        api.MapRooms();
        api.MapPresenceSettings();
        api.MapSettingsAdministration();
        api.MapHealth();
    }
}
