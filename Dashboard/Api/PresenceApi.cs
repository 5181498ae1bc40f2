using Presence.Dashboard.Api.Embedding;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Sharing;

namespace Presence.Dashboard.Api;

/// <summary>The HTTP API under /api, and health.</summary>
internal static class PresenceApi
{
    public static void AddPresenceApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiAuthorization>();
        builder.Services.AddSingleton<AnsweredMethods>();
        builder.Services.AddSingleton<EventStreams>();
        // Twice per second, so that a stream whose access has ended is closed within a second.
        builder.Services.AddLoop<EventStreams>("event streams", TimeSpan.FromMilliseconds(500), streams => streams.Pulse());
        builder.Services.AddSingleton<PublicRooms>();
        builder.Services.AddDescription();
        builder.AddHealth();
    }

    public static void MapPresenceApi(this WebApplication app)
    {
        var api = app.MapGroup("");
        ((IEndpointConventionBuilder)api).Finally(app.Services.GetRequiredService<ApiAuthorization>().Guard);
        Chapter(api, ApiTags.Sessions).MapSessions();
        Chapter(api, ApiTags.Users).MapUsers();
        var rooms = Chapter(api, ApiTags.Rooms);
        HeartbeatEndpoints.Map(rooms);
        rooms.MapLeaves();
        rooms.MapRoomPresence();
        StreamEndpoints.Map(rooms);
        rooms.MapRooms();
        var userPresence = Chapter(api, ApiTags.UserPresence);
        UserPresenceEndpoints.Map(userPresence);
        userPresence.MapChannels();
        var settings = Chapter(api, ApiTags.Settings);
        settings.MapPresenceSettings();
        settings.MapSettingsAdministration();
        var administration = Chapter(api, ApiTags.Administration);
        administration.MapRoomAdministration();
        RemovalEndpoints.Map(administration);
        administration.MapUserAdministration();
        administration.MapServerKeys();
        PublicLinkEndpoints.Map(administration);
        var embedding = Chapter(api, ApiTags.Embedding);
        BadgeEndpoints.Map(embedding);
        ShareLinkEndpoints.Map(embedding);
        embedding.MapClientFiles();
        var operation = Chapter(api, ApiTags.Operation);
        operation.MapHealth();
        MetricsEndpoints.Map(operation);
        operation.MapDescription();
    }

    private static RouteGroupBuilder Chapter(RouteGroupBuilder api, string tag) => api.MapGroup("").WithTags(tag);
}
