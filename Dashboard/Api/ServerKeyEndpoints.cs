using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Dashboard.Api.OpenApi;
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
        api.MapPost(Route, IssueAsync).Allow(keys)
            .WithName("makeServerKey").Reads<ServerKeyRequest>().Produces<ServerKeyDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the key is read and revoked.").Refuses(ApiErrors.CapReached);
        api.MapGet(Route, List).Allow(keys)
            .WithName("listServerKeys").Produces<ServerKeysReply>();
        api.MapGet(Route + "/{keyId}", Read).Allow(keys)
            .WithName("getServerKey").Produces<ServerKeyDocument>().Refuses(ApiErrors.NotFound)
            .WithExample("""{"keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}""");
        api.MapDelete(Route + "/{keyId}", RevokeAsync).Allow(keys)
            .WithName("revokeServerKey").Produces(StatusCodes.Status204NoContent).Refuses(ApiErrors.NotFound);
    }

    /// <summary>Make a server key</summary>
    /// <remarks>
    /// <c>key</c> in the answer is the key itself: it is shown this once and kept nowhere. To change keys without a pause
    /// make a second one of the same name, move your backend over, revoke the first.
    /// </remarks>
    /// <response code="201">The key.</response>
    internal static async Task<IResult> IssueAsync(HttpContext http, ServerKeys keys, TimeProvider time)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.ServerKeyRequest);
        if (ServerKeyRules.ProblemOf(request.Name, request.Scopes, request.ExpiresAt, time.GetUtcNow(), out var scopes) is { } problem)
            return ApiProblem.Invalid(problem);
        var caller = http.Caller();
        if (ServerKeyRules.ProblemOfGrant(scopes, caller) is { } beyond)
            return new ApiProblem(ApiErrors.NotAllowed, beyond);
        var issued = await keys.IssueAsync(request.Name!, scopes, request.ExpiresAt, caller.Name, http.RequestAborted);
        return Reply.Created(Describe(issued.Key) with { Key = issued.Secret }, ApiJson.Documents.ServerKeyDocument, $"{Route}/{issued.Key.Id}");
    }

    /// <summary>List server keys</summary>
    /// <remarks>Those made here, without the keys themselves. The key of the configuration is not among them.</remarks>
    /// <response code="200">The keys.</response>
    internal static IResult List(ServerKeyStore store) =>
        Reply.Ok(new ServerKeysReply([.. store.List().Select(Describe)]), ApiJson.Documents.ServerKeysReply);

    /// <summary>Read what is known of a server key</summary>
    /// <response code="200">The key, without the key itself.</response>
    internal static IResult Read(string keyId, ServerKeyStore store) =>
        store.List().FirstOrDefault(key => key.Id == keyId) is { } key ? Reply.Ok(Describe(key), ApiJson.Documents.ServerKeyDocument) : Unknown;

    /// <summary>Revoke a server key</summary>
    /// <remarks>It opens nothing from the next request on, and its streams end within a second. Also 204 when it was revoked before.</remarks>
    /// <response code="204">It is revoked.</response>
    internal static async Task<IResult> RevokeAsync(HttpContext http, string keyId, ServerKeyStore store) =>
        await store.RevokeAsync(keyId, http.Caller().Name, http.RequestAborted) is null ? Unknown : Results.NoContent();

    private static ApiProblem Unknown => new(ApiErrors.NotFound, "There is no server key with this id. GET /api/v1/admin/keys lists all keys.");

    private static ServerKeyDocument Describe(ServerKey key) => new(
        key.Id, key.Name, key.Prefix, key.Scopes, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.LastUsedAt, key.RevokedAt, key.RevokedBy);
}

/// <summary>A server key to make.</summary>
/// <param name="Name">What the key is for; signs the changes made with it. Two keys of one name are good at once.</param>
/// <param name="Scopes">What it may do, of what the key that makes it may do: read, presence, rooms, users, moderation, settings, keys.</param>
/// <param name="ExpiresAt">When it ends by itself; never unless sent.</param>
/// <example>{"name":"chat backend","scopes":["read","moderation"]}</example>
internal sealed record ServerKeyRequest(
    [property: Required, MinLength(1), MaxLength(ServerKeyRules.LongestName)] string? Name,
    [property: Required, MinLength(1)] IReadOnlyList<string?>? Scopes,
    DateTimeOffset? ExpiresAt) : AdministrationRequest;

/// <summary>A server key.</summary>
/// <param name="KeyId">Names the key; not a secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">How it begins, to recognise it by.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or another key's name.</param>
/// <param name="ExpiresAt">When it ends by itself; left out for never.</param>
/// <param name="LastUsedAt">When it was last used; left out for never. After a restart a minute may be missing.</param>
/// <param name="RevokedAt">When it was revoked; left out while it was not.</param>
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
    /// <summary>The key itself: in the answer that made it, and never again.</summary>
    public string? Key { get; init; }
}

/// <summary>The server keys made here.</summary>
/// <param name="Keys">The newest first; at most 100 that are not revoked, and the latest 100 that are.</param>
/// <example>
/// {"keys":[{"keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],
/// "createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}]}
/// </example>
internal sealed record ServerKeysReply(IReadOnlyList<ServerKeyDocument> Keys);
