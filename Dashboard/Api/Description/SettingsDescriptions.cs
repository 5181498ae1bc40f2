using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class SettingsDescriptions
{
    private const string Document =
        """
        {"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":200,"settingsVersion":2,"updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"server key","warnings":[]}
        """;

    public static readonly RouteDescription OfClients = new("getPresenceSettings", RouteGroups.Settings, "Read the settings, as a client")
    {
        Text = "Answers also while presence is off, so that clients learn of it.",
        Answer = AnswerDescription.Json<PresenceSettingsReply>(
            "The settings.",
            """
            {"user":{"enabled":true,"enabledAt":"2026-11-21T20:00:00.000Z"},"network":{"heartbeatInterval":30,"presenceSyncInterval":30,"updatedAt":"2026-11-21T20:00:00.000Z"},"room":{"enabled":true}}
            """),
    };

    public static readonly RouteDescription Read = new("getSettings", RouteGroups.Settings, "Read the settings, for administration")
    {
        Answer = AnswerDescription.Json<SettingsDocument>("The settings.", Document) with { Headers = [ETag] },
    };

    public static readonly RouteDescription Change = new("changeSettings", RouteGroups.Settings, "Change the settings")
    {
        Text =
            """
            Send the document back, changed, with its `ETag` as `If-Match`; members nobody can set are passed over. Nobody present is dropped by a new timeout: every session
            keeps what its last answer promised. Acknowledged means durable and in force.
            """,
        Parameters = [IfMatch],
        Body = BodyDescription.Json<SettingsChangeRequest>("""{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":200,"reason":"finals"}"""),
        Answer = AnswerDescription.Json<SettingsDocument>("The settings as they are now.", Document) with { Headers = [ETag] },
        Errors = [ApiErrors.StaleVersion, ApiErrors.VersionRequired],
    };

    /// <summary>The version of a document, as its answer carries it.</summary>
    public static (string Name, string Text) ETag => ("ETag", "The version of the document.");

    /// <summary>The version a change was made from.</summary>
    public static ParameterDescription IfMatch => ParameterDescription.OfHeader("If-Match", "The `ETag` of the document you changed, or `*` to overwrite whatever is there.").Required;
}
