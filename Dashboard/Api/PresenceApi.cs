using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Api.Embedding;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Hosting.Metrics;

namespace Presence.Dashboard.Api;

/// <summary>The HTTP API under /api, and health.</summary>
internal static class PresenceApi
{
    public static void AddPresenceApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiGate>();
        builder.Services.AddSingleton<AnsweredMethods>();
        builder.Services.AddSingleton<EventStreams>();
        builder.Services.AddHostedService<EventStreamLoop>();
        builder.Services.AddSingleton<PublicRooms>();
        builder.Services.AddDescription();
        builder.Services.AddSingleton<MetricsRecorder>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MetricsRecorder>());
    }

    public static void MapPresenceApi(this WebApplication app)
    {
        // One gate for all: the generic overload would make one for every request.
        var api = app.MapGroup("").AddEndpointFilter(app.Services.GetRequiredService<ApiGate>());
        api.MapSessions();
        api.MapUsers();
        HeartbeatEndpoints.Map(api);
        api.MapLeaves();
        api.MapRoomPresence();
        StreamEndpoints.Map(api);
        api.MapRooms();
        UserPresenceEndpoints.Map(api);
        api.MapChannels();
        api.MapPresenceSettings();
        api.MapSettingsAdministration();
        api.MapRoomAdministration();
        RemovalEndpoints.Map(api);
        api.MapUserAdministration();
        api.MapServerKeys();
        PublicLinkEndpoints.Map(api);
        BadgeEndpoints.Map(api);
        api.MapClientFiles();
        api.MapHealth();
        api.MapMetrics();
        api.MapDescription();
    }
}
