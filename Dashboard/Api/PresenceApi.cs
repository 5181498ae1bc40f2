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
        builder.Services.AddLoop<EventStreams>("event streams", TimeSpan.FromMilliseconds(500), (streams, cancel) => streams.PulseAsync(cancel));
        builder.Services.AddSingleton<PublicRooms>();
        builder.Services.AddDescription();
        builder.AddHealth();
    }

    public static void MapPresenceApi(this WebApplication app)
    {
        var api = app.MapGroup("");
        ((IEndpointConventionBuilder)api).Finally(RouteDescriptions.AddErrors);
        ((IEndpointConventionBuilder)api).Finally(app.Services.GetRequiredService<ApiAuthorization>().Guard);
        Chapter(api, "Sessions", "Viewer logins and logouts.").MapSessions();
        var rooms = Chapter(api, "Room presence", "Heartbeats, counts and lists of viewers in rooms. Reading doesn't count as watching.");
        HeartbeatEndpoints.Map(rooms);
        rooms.MapLeaves();
        InvitationEndpoints.MapViewers(rooms);
        rooms.MapRoomPresence();
        StreamEndpoints.Map(rooms);
        rooms.MapRooms();
        Chapter(api, "Users", "Profiles of users.").MapUsers();
        var userPresence = Chapter(api, "User presence", "Users online in the network and in channels. Room heartbeats and user heartbeats are independent.");
        UserPresenceEndpoints.Map(userPresence);
        StreamEndpoints.MapUsers(userPresence);
        userPresence.MapChannels();
        var settings = Chapter(api, "Settings", "Presence on or off, heartbeat interval, presence timeout.");
        settings.MapPresenceSettings();
        settings.MapSettingsAdministration();
        ScheduleEndpoints.Map(settings);
        var administration = Chapter(api, "Administration", "Administration by your backend: rooms, bans, users, keys. Unknown members are refused.");
        administration.MapRoomAdministration();
        administration.MapRoomPrefixes();
        InvitationEndpoints.Map(administration);
        DrawEndpoints.Map(administration);
        RemovalEndpoints.Map(administration);
        administration.MapUserAdministration();
        NoteEndpoints.Map(administration);
        administration.MapServerKeys();
        administration.MapAudit();
        AlertEndpoints.Map(administration);
        PublicLinkEndpoints.Map(administration);
        WebhookEndpoints.Map(Chapter(api, "Webhooks", "Where events are sent as they happen, and what was sent. See docs/guides/webhooks.md."));
        HistoryEndpoints.Map(Chapter(api, "History", "Looking back: broadcasts, charts, attendance, who was there at an instant, and why a room fell."));
        var embedding = Chapter(api, "Embedding", "For other sites: a room's count through its public link, and the client's scripts.");
        BadgeEndpoints.Map(embedding);
        ShareLinkEndpoints.Map(embedding);
        embedding.MapClientFiles();
        var operation = Chapter(api, ApiChapter.Operation, "Health and metrics.");
        operation.MapHealth();
        MetricsEndpoints.Map(operation);
        operation.MapDescription();
    }

    private static RouteGroupBuilder Chapter(RouteGroupBuilder api, string name, string text) => api.MapGroup("").WithTags(name).WithMetadata(new ApiChapter(name, text));
}
