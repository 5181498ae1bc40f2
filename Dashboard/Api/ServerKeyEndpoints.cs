using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Creating, listing and revoking server keys. A key is shown once, when it is created.</summary>
internal static class ServerKeyEndpoints
{
    private const string Route = "/api/v1/admin/keys";

    public static void MapServerKeys(this IEndpointRouteBuilder api)
    {
        var keys = ApiPolicy.Server.With(ServerScopes.Keys);
        api.MapPost(Route, IssueAsync).Allow(keys)
            .WithName("makeServerKey").Reads<ServerKeyRequest>().Produces<ServerKeyDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the key is read and revoked.").Refuses(ApiError.CapReached);
        api.MapGet(Route, List).Allow(keys)
            .WithName("listServerKeys").Produces<ServerKeysReply>();
        api.MapGet(Route + "/{keyId}", Read).Allow(keys)
            .WithName("getServerKey").Produces<ServerKeyDocument>().Refuses(ApiError.NotFound)
            .WithExample("""{"keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}""");
        api.MapDelete(Route + "/{keyId}", RevokeAsync).Allow(keys)
            .WithName("revokeServerKey").Produces(StatusCodes.Status204NoContent).Refuses(ApiError.NotFound);
    }

    /// <summary>Create a server key</summary>
    /// <remarks>
    /// <c>key</c> in the reply is the key itself. It is shown only here and stored nowhere. To rotate a key without downtime,
    /// create a second one with the same name, move your backend to it, then revoke the first.
    /// </remarks>
    /// <response code="201">The key.</response>
    internal static async Task<IResult> IssueAsync(HttpContext http, ServerKeys keys, TimeProvider time)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.ServerKeyRequest);
        if (ServerKeyRules.ProblemOf(request.Name, request.Scopes, request.ExpiresAt, time.GetUtcNow(), out var scopes) is { } problem)
            return ApiProblem.Invalid(problem);
        var caller = http.Caller();
        if (ServerKeyRules.ProblemOfGrant(scopes, caller) is { } beyond)
            return new ApiProblem(ApiError.NotAllowed, beyond);
        var issued = await keys.IssueAsync(request.Name!, scopes, request.ExpiresAt, http.Actor(), http.RequestAborted);
        return Reply.Created(Describe(issued.Key) with { Key = issued.Secret }, ApiJson.Documents.ServerKeyDocument, $"{Route}/{issued.Key.Id}");
    }

    /// <summary>List server keys</summary>
    /// <remarks>Keys created through the API, without the keys themselves. The configured key isn't listed.</remarks>
    /// <response code="200">The keys.</response>
    internal static IResult List(ServerKeyStore store) =>
        Reply.Ok(new ServerKeysReply([.. store.List().Select(Describe)]), ApiJson.Documents.ServerKeysReply);

    /// <summary>Read a server key's details</summary>
    /// <response code="200">The key's details.</response>
    internal static IResult Read(string keyId, ServerKeyStore store) =>
        store.List().FirstOrDefault(key => key.Id == keyId) is { } key ? Reply.Ok(Describe(key), ApiJson.Documents.ServerKeyDocument) : Unknown;

    /// <summary>Revoke a server key</summary>
    /// <remarks>The key stops working with the next request, and its streams end within one second. Also 204 if it was already revoked.</remarks>
    /// <response code="204">Revoked.</response>
    internal static async Task<IResult> RevokeAsync(HttpContext http, string keyId, ServerKeyStore store) =>
        await store.RevokeAsync(keyId, http.Actor(), http.RequestAborted) is null ? Unknown : Results.NoContent();

    private static ApiProblem Unknown => new(ApiError.NotFound, "There is no server key with this id. GET /api/v1/admin/keys lists all keys.");

    private static ServerKeyDocument Describe(ServerKey key) => new(
        key.Id, key.Name, key.Prefix, key.Scopes, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.LastUsedAt, key.RevokedAt, key.RevokedBy);
}

/// <summary>A new server key.</summary>
/// <param name="Name">What the key is for. It signs the changes made with it. Two valid keys can share a name.</param>
/// <param name="Scopes">Its scopes, from those of the creating key: read, presence, rooms, users, moderation, settings, keys, audit, webhooks.</param>
/// <param name="ExpiresAt">When it expires. Default: never.</param>
/// <example>{"name":"chat backend","scopes":["read","moderation"]}</example>
internal sealed record ServerKeyRequest(
    [property: Required, MinLength(1), MaxLength(ServerKeyRules.LongestName)] string? Name,
    [property: Required, MinLength(1)] IReadOnlyList<string?>? Scopes,
    DateTimeOffset? ExpiresAt) : AdministrationRequest;

/// <summary>A server key.</summary>
/// <param name="KeyId">Identifies the key. Not secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">Its first characters, to recognise it.</param>
/// <param name="Scopes">Its scopes.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="CreatedBy">Who created it: an account's email or another key's name.</param>
/// <param name="ExpiresAt">When it expires. Absent for never.</param>
/// <param name="LastUsedAt">When it was last used. Absent for never. After a restart it can be one minute old.</param>
/// <param name="RevokedAt">When it was revoked. Absent otherwise.</param>
/// <param name="RevokedBy">Who revoked it.</param>
/// <example>
/// {"keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],"createdAt":"2026-11-21T22:40:00.000Z",
/// "createdBy":"server key","key":"pd_3kT0aQxY7Zc1vB5nM8sD2fG4hJ6kL9pR0tW3eU7iO1aS5dF9gHjK"}
/// </example>
internal sealed record ServerKeyDocument(
    string KeyId,
    string Name,
    string Prefix,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt,
    string? RevokedBy)
{
    /// <summary>The key itself. Only in the reply that created it.</summary>
    public string? Key { get; init; }
}

/// <summary>Server keys created through the API.</summary>
/// <param name="Keys">Newest first: up to 100 that are not revoked, and the latest 100 revoked ones.</param>
/// <example>
/// {"keys":[{"keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],
/// "createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}]}
/// </example>
internal sealed record ServerKeysReply(IReadOnlyList<ServerKeyDocument> Keys);
