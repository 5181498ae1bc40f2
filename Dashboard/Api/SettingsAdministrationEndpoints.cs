using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Reading and changing the network's settings with a server key. A change names the version it was made from.</summary>
internal static class SettingsAdministrationEndpoints
{
    private const string Route = "/api/v1/admin/settings";

    private static readonly string[] Computed = ["settingsVersion", "updatedAt", "updatedBy", "warnings"];

    public static void MapSettingsAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet(Route, Read).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Settings))
            .WithName("getSettings").Produces<SettingsDocument>().AnswersETag();
        api.MapPut(Route, ChangeAsync).Allow(ApiPolicy.Server.With(ServerScopes.Settings))
            .WithName("changeSettings").Takes(ApiParameter.IfMatch).Reads<SettingsChangeRequest>().Produces<SettingsDocument>().AnswersETag()
            .Refuses(ApiErrors.StaleVersion, ApiErrors.VersionRequired);
    }

    /// <summary>Read the settings, for administration</summary>
    /// <response code="200">The settings.</response>
    internal static IResult Read(PresenceEngine engine) => Describe(engine.Settings);

    /// <summary>Change the settings</summary>
    /// <remarks>
    /// Send the document back, changed, with its <c>ETag</c> as <c>If-Match</c>; members nobody can set are passed over.
    /// Nobody present is dropped by a new timeout: every session keeps what its last answer promised. Acknowledged means
    /// durable and in force.
    /// </remarks>
    /// <response code="200">The settings as they are now.</response>
    internal static async Task<IResult> ChangeAsync(HttpContext http, PresenceEngine engine, SettingsStore store)
    {
        var current = engine.Settings;
        if (Precondition.Refuse(http, TagOf(current), () => Stale(current), isRequired: true, out var takesAny) is { } refusal)
            return refusal;
        var body = await JsonBody.ReadAsync(http, Wire.Documents.SettingsChangeRequest);
        if (body.Value is not { } request)
            return body.Refusal!;
        if (ProblemOf(request) is { } problem)
            return ApiRefusal.Invalid(problem);

        try
        {
            return Describe(await store.ChangeAsync(
                new SettingsChange
                {
                    Enabled = request.Enabled!.Value,
                    HeartbeatInterval = TimeSpan.FromSeconds(request.HeartbeatIntervalSeconds!.Value),
                    PresenceTimeout = TimeSpan.FromSeconds(request.PresenceTimeoutSeconds!.Value),
                    ListLimit = request.ListLimit!.Value,
                    Reason = request.Reason,
                    By = http.Caller().Name,
                    ExpectedVersion = takesAny ? null : current.Version, // whoever changes them meanwhile makes this stale after all
                },
                http.RequestAborted));
        }
        catch (SettingsRefusedException refused)
        {
            return ApiRefusal.Invalid(string.Join(' ', refused.Problems.Select(remark => remark.Message)));
        }
        catch (SettingsConflictException conflict)
        {
            return Stale(conflict.Current);
        }
    }

    private static string? ProblemOf(SettingsChangeRequest request)
    {
        if (UnknownMembers.ProblemOf(request.Unknown, Computed, "enabled", "heartbeatIntervalSeconds", "presenceTimeoutSeconds", "listLimit", "reason") is { } problem)
            return problem;
        string[] missing =
        [
            .. request.Enabled is null ? (ReadOnlySpan<string>)["enabled"] : [],
            .. request.HeartbeatIntervalSeconds is null ? (ReadOnlySpan<string>)["heartbeatIntervalSeconds"] : [],
            .. request.PresenceTimeoutSeconds is null ? (ReadOnlySpan<string>)["presenceTimeoutSeconds"] : [],
            .. request.ListLimit is null ? (ReadOnlySpan<string>)["listLimit"] : [],
        ];
        return missing.Length == 0 ? null : $"The settings are valid together and so are sent together; missing: {string.Join(", ", missing)}.";
    }

    private static ApiRefusal Stale(PresenceSettings current) => new(
        ApiErrors.StaleVersion,
        "Somebody changed the settings meanwhile; read them again and decide anew.",
        $"The settings are at {TagOf(current)}, saved by {current.UpdatedBy}.");

    private static IResult Describe(PresenceSettings settings) => Reply.Ok(
        new SettingsDocument(
            settings.Enabled,
            settings.HeartbeatInterval.TotalSeconds,
            settings.PresenceTimeout.TotalSeconds,
            settings.ListLimit,
            settings.Version,
            settings.UpdatedAt,
            settings.UpdatedBy,
            [.. PresenceSettingsRules.Warnings(settings).Select(remark => new SettingsDocument.Warning(remark.Field, remark.Message))]),
        Wire.Documents.SettingsDocument,
        TagOf(settings));

    private static string TagOf(PresenceSettings settings) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{settings.Version}\"");
}
