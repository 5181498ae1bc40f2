using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>The settings as clients read them; answers also while presence is off, so that they learn of it.</summary>
internal static class PresenceSettingsEndpoints
{
    public static void MapPresenceSettings(this IEndpointRouteBuilder api) => api.MapGet("/api/v1/presence/settings", Read).Allow(ApiPolicy.ViewerOrServer).OpenToRemoved()
            .WithName("getPresenceSettings").Produces<PresenceSettingsReply>();

    /// <summary>Read the settings, as a client</summary>
    /// <remarks>Answers also while presence is off, so that clients learn of it.</remarks>
    /// <response code="200">The settings.</response>
    internal static IResult Read(HttpContext http, PresenceEngine engine, PresenceSwitchStore switches)
    {
        var settings = engine.Settings;
        var own = switches.Read(http.Caller().UserId); // nobody's, and so on, for a server key
        var interval = (int)Math.Ceiling(settings.HeartbeatInterval.TotalSeconds);
        return Reply.Ok(
            new PresenceSettingsReply(
                new(own.Enabled, own.EnabledAt),
                new(interval, interval, settings.UpdatedAt),
                new(settings.Enabled)),
            Wire.Documents.PresenceSettingsReply);
    }
}
