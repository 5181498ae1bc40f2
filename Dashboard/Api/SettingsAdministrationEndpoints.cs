using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Reading and changing the network's settings with a server key. A change names the version it was made from.</summary>
internal static class SettingsAdministrationEndpoints
{
    private const string Route = "/api/v1/admin/settings";

    public static void MapSettingsAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet(Route, Read).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Settings))
            .WithName("getSettings").Produces<SettingsDocument>().AnswersETag();
        api.MapPut(Route, ChangeAsync).Allow(ApiPolicy.Server.With(ServerScopes.Settings))
            .WithName("changeSettings").Takes(ApiParameter.IfMatch).Reads<SettingsChangeRequest>().Produces<SettingsDocument>().AnswersETag()
            .Refuses(ApiError.StaleVersion, ApiError.VersionRequired);
    }

    /// <summary>Read the settings, for administration</summary>
    /// <response code="200">The settings.</response>
    internal static IResult Read(IPresence presence) => Describe(presence.Current.Settings);

    /// <summary>Change the settings</summary>
    /// <remarks>
    /// Change the document and send it back, with its <c>ETag</c> as <c>If-Match</c>. Read-only members are ignored. A new
    /// timeout drops no viewer: every session keeps the timeout of its last reply. When the reply arrives, the change is saved
    /// and in effect.
    /// </remarks>
    /// <response code="200">The updated settings.</response>
    internal static async Task<IResult> ChangeAsync(HttpContext http, IPresence presence, SettingsStore store)
    {
        var current = presence.Current.Settings;
        if (Precondition.Refuse(http, TagOf(current), () => Stale(current), isRequired: true, out var takesAny) is { } refusal)
            return refusal;
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.SettingsChangeRequest);
        if (ProblemOf(request) is { } problem)
            return ApiProblem.Invalid(problem);

        try
        {
            return Describe(await store.ChangeAsync(
                new SettingsChange
                {
                    Settings = new PresenceSettings
                    {
                        Enabled = request.Enabled!.Value,
                        HeartbeatInterval = TimeSpan.FromSeconds(request.HeartbeatIntervalSeconds!.Value),
                        PresenceTimeout = TimeSpan.FromSeconds(request.PresenceTimeoutSeconds!.Value),
                        ListLimit = request.ListLimit!.Value,
                        RoomHeartbeatsPerSecond = request.RoomHeartbeatsPerSecond ?? current.RoomHeartbeatsPerSecond, // younger than the others: left out, it stays
                    },
                    Reason = request.Reason,
                    By = http.Actor(),
                    ExpectedVersion = takesAny ? null : current.Version, // a change in between makes this one stale
                },
                http.RequestAborted));
        }
        catch (SettingsConflictException conflict)
        {
            return Stale(conflict.Current);
        }
    }

    private static string? ProblemOf(SettingsChangeRequest request)
    {
        string[] missing =
        [
            .. request.Enabled is null ? (ReadOnlySpan<string>)["enabled"] : [],
            .. request.HeartbeatIntervalSeconds is null ? (ReadOnlySpan<string>)["heartbeatIntervalSeconds"] : [],
            .. request.PresenceTimeoutSeconds is null ? (ReadOnlySpan<string>)["presenceTimeoutSeconds"] : [],
            .. request.ListLimit is null ? (ReadOnlySpan<string>)["listLimit"] : [],
        ];
        return missing.Length == 0 ? null : $"Settings are validated together, so send all of them. Missing: {string.Join(", ", missing)}.";
    }

    private static ApiProblem Stale(PresenceSettings current) => new(
        ApiError.StaleVersion,
        "The settings have changed since you read them. Read them again, then repeat the change.",
        $"The settings are at {TagOf(current)}, saved by {current.UpdatedBy}.");

    private static IResult Describe(PresenceSettings settings) => Reply.Ok(
        new SettingsDocument(
            settings.Enabled,
            settings.HeartbeatInterval.TotalSeconds,
            settings.PresenceTimeout.TotalSeconds,
            settings.ListLimit,
            settings.RoomHeartbeatsPerSecond,
            settings.Version,
            settings.UpdatedAt,
            settings.UpdatedBy,
            [.. PresenceSettingsRules.Warnings(settings).Select(remark => new SettingsDocument.Warning(remark.Field, remark.Message))]),
        ApiJson.Documents.SettingsDocument,
        TagOf(settings));

    private static string TagOf(PresenceSettings settings) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{settings.Version}\"");
}

/// <summary>The network's new settings. They are validated together, so send all of them.</summary>
/// <param name="Enabled">Whether presence is on.</param>
/// <param name="HeartbeatIntervalSeconds">How often clients should send a heartbeat.</param>
/// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat. At least the interval plus 5 seconds.</param>
/// <param name="ListLimit">The most viewers in one list.</param>
/// <param name="RoomHeartbeatsPerSecond">Above so many heartbeats per second of one room, its interval and timeout grow. 0: they never do. Left out, it stays as it is.</param>
/// <param name="Reason">The reason. Stored with the change.</param>
/// <example>{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":200,"reason":"finals"}</example>
[Computed("settingsVersion", "updatedAt", "updatedBy", "warnings")]
internal sealed record SettingsChangeRequest(
    [property: Required] bool? Enabled,
    [property: Required, Range(1, 600)] int? HeartbeatIntervalSeconds,
    [property: Required, Range(6, 3600)] int? PresenceTimeoutSeconds,
    [property: Required, Range(1, 200)] int? ListLimit,
    [property: Range(0, PresenceSettingsRules.LargestRoomRate)] int? RoomHeartbeatsPerSecond,
    [property: MaxLength(200)] string? Reason) : AdministrationRequest;

/// <summary>The network's presence settings, for administration.</summary>
/// <param name="Enabled">Whether presence is on.</param>
/// <param name="HeartbeatIntervalSeconds">How often clients should send a heartbeat.</param>
/// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat.</param>
/// <param name="ListLimit">The most viewers in one list.</param>
/// <param name="RoomHeartbeatsPerSecond">Above so many heartbeats per second of one room, its interval and timeout grow. 0: they never do.</param>
/// <param name="SettingsVersion">Increases with every change.</param>
/// <param name="UpdatedAt">When they were last changed.</param>
/// <param name="UpdatedBy">Who changed them.</param>
/// <param name="Warnings">Values that are allowed but may surprise you.</param>
/// <example>
/// {"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":200,"roomHeartbeatsPerSecond":0,"settingsVersion":2,"updatedAt":"2026-11-21T22:40:00.000Z",
/// "updatedBy":"server key","warnings":[]}
/// </example>
internal sealed record SettingsDocument(
    bool Enabled,
    double HeartbeatIntervalSeconds,
    double PresenceTimeoutSeconds,
    int ListLimit,
    int RoomHeartbeatsPerSecond,
    int SettingsVersion,
    DateTimeOffset UpdatedAt,
    string UpdatedBy,
    IReadOnlyList<SettingsDocument.Warning> Warnings)
{
    /// <summary>A value that is allowed but may surprise you.</summary>
    /// <param name="Field">The setting.</param>
    /// <param name="Message">What can happen.</param>
    internal sealed record Warning(string Field, string Message);
}
