using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
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

    public static void MapSettingsAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet(Route, Read).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Settings)).Describe(SettingsDescriptions.Read);
        api.MapPut(Route, ChangeAsync).Allow(ApiPolicy.Server.With(ServerScopes.Settings)).Describe(SettingsDescriptions.Change);
    }

    private static IResult Read(PresenceEngine engine) => Describe(engine.Settings);

    private static async Task<IResult> ChangeAsync(HttpContext http, PresenceEngine engine, SettingsStore store)
    {
        if (RefuseCondition(http.Request.GetTypedHeaders(), http.Request.Headers.IfMatch.Count > 0, engine.Settings, out var expectedVersion) is { } refusal)
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
                    ExpectedVersion = expectedVersion,
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

    /// <summary>The version the caller decided on, from If-Match; null for <c>*</c>, which takes any.</summary>
    private static ApiRefusal? RefuseCondition(RequestHeaders headers, bool isConditional, PresenceSettings current, out int? expectedVersion)
    {
        expectedVersion = null;
        if (!isConditional)
            return new ApiRefusal(ApiErrors.VersionRequired, "Send the ETag of the document you changed as If-Match, so that nobody's change is lost unseen.");
        if (headers.IfMatch is not { Count: > 0 } tags)
            return new ApiRefusal(ApiErrors.Unreadable, $"If-Match must be an ETag as it was sent, in quotes: {TagOf(current)}.");
        if (tags.Contains(EntityTagHeaderValue.Any))
            return null;
        if (!tags.Any(tag => tag.Compare(new EntityTagHeaderValue(TagOf(current)), useStrongComparison: true)))
            return Stale(current);
        expectedVersion = current.Version; // whoever changes them between here and the store makes this stale after all
        return null;
    }

    private static string? ProblemOf(SettingsChangeRequest request)
    {
        if (UnknownMembers.ProblemOf(request.Unknown, "enabled", "heartbeatIntervalSeconds", "presenceTimeoutSeconds", "listLimit", "reason") is { } problem)
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
