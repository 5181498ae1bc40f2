using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>The settings for clients. Also works while presence is off, so that clients notice.</summary>
internal static class PresenceSettingsEndpoints
{
    public static void MapPresenceSettings(this IEndpointRouteBuilder api) => api.MapGet("/api/v1/presence/settings", Read).Allow(ApiPolicy.ViewerOrServer).AllowRemovedUsers()
            .WithName("getPresenceSettings").Produces<PresenceSettingsReply>();

    /// <summary>Read the settings, as a client</summary>
    /// <remarks>Also works while presence is off, so that clients notice.</remarks>
    /// <response code="200">The settings.</response>
    internal static IResult Read(HttpContext http, IPresence presence, UserPresenceSettingStore switches)
    {
        var settings = presence.Current.Settings;
        var own = switches.Read(http.Caller().UserId); // a server key has none, which reads as on
        var interval = (int)Math.Ceiling(settings.HeartbeatInterval.TotalSeconds);
        return Reply.Ok(
            new PresenceSettingsReply(
                new(own.Enabled, own.EnabledAt),
                new(interval, interval, settings.UpdatedAt),
                new(settings.Enabled)),
            ApiJson.Documents.PresenceSettingsReply);
    }
}

/// <summary>The settings for clients. Durations are whole seconds.</summary>
/// <param name="User">The caller's own presence switch.</param>
/// <param name="Network">How often clients should send heartbeats.</param>
/// <param name="Room">The network's switch.</param>
/// <example>
/// {"user":{"enabled":true,"enabledAt":"2026-11-21T20:00:00.000Z"},"network":{"heartbeatInterval":30,"presenceSyncInterval":30,
/// "updatedAt":"2026-11-21T20:00:00.000Z"},"room":{"enabled":true}}
/// </example>
internal sealed record PresenceSettingsReply(PresenceSettingsReply.UserPart User, PresenceSettingsReply.NetworkPart Network, PresenceSettingsReply.RoomPart Room)
{
    /// <summary>The caller's own presence switch.</summary>
    /// <param name="Enabled">Whether the user appears in network lists and channels.</param>
    /// <param name="EnabledAt">When it last changed.</param>
    internal sealed record UserPart(bool Enabled, DateTimeOffset EnabledAt);

    /// <summary>How often clients should send heartbeats.</summary>
    /// <param name="HeartbeatInterval">Seconds, rounded up.</param>
    /// <param name="PresenceSyncInterval">The same value.</param>
    /// <param name="UpdatedAt">When the settings last changed.</param>
    internal sealed record NetworkPart(int HeartbeatInterval, int PresenceSyncInterval, DateTimeOffset UpdatedAt);

    /// <summary>The network's switch.</summary>
    /// <param name="Enabled">Whether presence is on.</param>
    internal sealed record RoomPart(bool Enabled);
}

/// <summary>Settings of a chat that this server doesn't have. Published clients read them during login.</summary>
/// <param name="MessagePreview">Always off.</param>
/// <example>{"messagePreview":{"enabled":false,"isIncludeDeleted":false}}</example>
internal sealed record ChatSettingsDocument(ChatSettingsDocument.Preview MessagePreview)
{
    /// <summary>Whether messages are shown before they are opened.</summary>
    /// <param name="Enabled">Always false.</param>
    /// <param name="IsIncludeDeleted">Always false.</param>
    internal sealed record Preview(bool Enabled, bool IsIncludeDeleted);
}
