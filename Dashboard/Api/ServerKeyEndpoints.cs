using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Making, listing and revoking server keys. A key is shown once, when it is made.</summary>
internal static class ServerKeyEndpoints
{
    private const string Route = "/api/v1/admin/keys";

    public static void MapServerKeys(this IEndpointRouteBuilder api)
    {
        var keys = ApiPolicy.Server.With(ServerScopes.Keys);
        api.MapPost(Route, IssueAsync).Allow(keys).Describe(ServerKeyDescriptions.Issue);
        api.MapGet(Route, List).Allow(keys).Describe(ServerKeyDescriptions.List);
        api.MapGet(Route + "/{keyId}", Read).Allow(keys).Describe(ServerKeyDescriptions.Read);
        api.MapDelete(Route + "/{keyId}", RevokeAsync).Allow(keys).Describe(ServerKeyDescriptions.Revoke);
    }

    private static async Task<IResult> IssueAsync(HttpContext http, ServerKeys keys, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http, Wire.Documents.ServerKeyRequest);
        if (body.Value is not { } request)
            return body.Refusal!;
        if (UnknownMembers.ProblemOf(request.Unknown, [], "name", "scopes", "expiresAt") is { } unknown)
            return ApiRefusal.Invalid(unknown);
        if (ServerKeyRules.ProblemOf(request.Name, request.Scopes, request.ExpiresAt, time.GetUtcNow(), out var scopes) is { } problem)
            return ApiRefusal.Invalid(problem);
        var caller = http.Caller();
        if (ServerKeyRules.ProblemOfGrant(scopes, caller) is { } beyond)
            return new ApiRefusal(ApiErrors.NotAllowed, beyond);
        try
        {
            var issued = await keys.IssueAsync(request.Name!, scopes, request.ExpiresAt, caller.Name, http.RequestAborted);
            return Reply.Created(Describe(issued.Key) with { Key = issued.Secret }, Wire.Documents.ServerKeyDocument, $"{Route}/{issued.Key.Id}");
        }
        catch (StoreFullException full)
        {
            return Refusals.Full(full);
        }
    }

    private static IResult List(ServerKeyStore store) =>
        Reply.Ok(new ServerKeysReply([.. store.List().Select(Describe)]), Wire.Documents.ServerKeysReply);

    private static IResult Read(string keyId, ServerKeyStore store) =>
        store.List().FirstOrDefault(key => key.Id == keyId) is { } key ? Reply.Ok(Describe(key), Wire.Documents.ServerKeyDocument) : Unknown;

    private static async Task<IResult> RevokeAsync(HttpContext http, string keyId, ServerKeyStore store) =>
        await store.RevokeAsync(keyId, http.Caller().Name, http.RequestAborted) is null ? Unknown : Results.NoContent();

    private static ApiRefusal Unknown => new(ApiErrors.NotFound, "There is no server key of this id; GET /api/v1/admin/keys lists them.");

    private static ServerKeyDocument Describe(ServerKey key) => new(
        key.Id, key.Name, key.Prefix, key.Scopes, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.LastUsedAt, key.RevokedAt, key.RevokedBy);
}
