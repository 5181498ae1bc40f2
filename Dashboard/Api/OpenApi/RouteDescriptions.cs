using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api.OpenApi;

/// <summary>
/// Describes a route, next to the framework's <c>WithName</c> and <c>Produces</c>. Its texts are the XML documentation of its handler,
/// which is internal because the generator ignores private members.
/// </summary>
internal static class RouteDescriptions
{
    /// <summary>Parameters of the query and headers.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params OpenApiParameter[] parameters) => route.WithMetadata([.. parameters]);

    /// <summary>The document in the body, JSON. No content type is named here, or routing would refuse others before the route can.</summary>
    public static RouteHandlerBuilder Reads<T>(this RouteHandlerBuilder route, bool isOptional = false) => route.WithMetadata(new AcceptsMetadata([], typeof(T), isOptional));

    /// <summary>The route's own errors.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ApiError[] errors) => route.WithMetadata([.. errors]);

    /// <summary>The errors of a route's policy, parameters and body, and the document of all errors. A convention of every route.</summary>
    public static void AddErrors(EndpointBuilder route)
    {
        var metadata = route.Metadata;
        var hasParameters = metadata.OfType<OpenApiParameter>().Any() || ((RouteEndpointBuilder)route).RoutePattern.Parameters.Count > 0;
        ApiError[] added =
        [
            ApiError.Fault,
            .. metadata.Contains(ApiPolicy.Anonymous) ? [] : new[] { ApiError.NotSignedIn, ApiError.NotAllowed },
            .. metadata.OfType<IAcceptsMetadata>().Any() ? new[] { ApiError.Unreadable, ApiError.Invalid, ApiError.BodyTooLarge, ApiError.WrongMediaType } : hasParameters ? [ApiError.Invalid] : [],
            .. metadata.OfType<ApiChapter>().Single().Name == ApiChapter.Operation ? [] : new[] { ApiError.RateLimited, ApiError.NotReady },
        ];
        foreach (var error in added.Except(metadata.OfType<ApiError>()).ToList())
            metadata.Add(error);
        foreach (var status in metadata.OfType<ApiError>().Select(error => error.Status).Distinct().ToList())
            metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ErrorDocument), ["application/json"]));
    }

    /// <summary>A header of the reply.</summary>
    public static RouteHandlerBuilder AnswersHeader(this RouteHandlerBuilder route, string name, string text) => route.WithMetadata(new ApiHeader(name, text));

    /// <summary>The version of the document in the reply.</summary>
    public static RouteHandlerBuilder AnswersETag(this RouteHandlerBuilder route) => route.AnswersHeader("ETag", "The version of the document.");

    /// <summary>The reply has a tag of what it says, and is not sent again to who has it.</summary>
    public static RouteHandlerBuilder Revalidates(this RouteHandlerBuilder route) => route
        .Takes(ApiParameter.OfHeader("If-None-Match", "The `ETag` of the reply you have. If nothing but `referenceTimestamp` has changed since, the reply is 304 without a body."))
        .AnswersHeader("ETag", "Changes with everything in the reply but `referenceTimestamp`.")
        .Produces(StatusCodes.Status304NotModified);

    /// <summary>A reply, if it is text or the document's own example doesn't fit. With a media type: the same as text, for who asks for that.</summary>
    public static RouteHandlerBuilder WithExample(this RouteHandlerBuilder route, string example, string? mediaType = null) => route.WithMetadata(new ApiExample(example, mediaType));
}

internal sealed record ApiTextBody(string Example, params string[] MediaTypes);

internal sealed record ApiExample(string Text, string? MediaType);

internal sealed record ApiHeader(string Name, string Text, JsonSchemaType Type = JsonSchemaType.String);

internal sealed record ApiChapter(string Name, string Text)
{
    /// <summary>Health and metrics: neither rate-limited nor waiting until the server is ready.</summary>
    public const string Operation = "Operation";
}

/// <summary>Parameters of paths, queries and headers.</summary>
internal static class ApiParameter
{
    private static readonly Dictionary<string, (string Text, int Longest)> PathParameters = new(StringComparer.Ordinal)
    {
        ["roomId"] = ("The room. No control characters, none of `/ \\ ? # %`. Percent-encode spaces and accents.", PresenceIds.LongestRoomId),
        ["prefix"] = ("The beginning of room ids. Follows the rule for room ids.", PresenceIds.LongestRoomId),
        ["userId"] = ("The user, percent-encoded. For profiles, the id can be encoded twice, as in published clients.", PresenceIds.LongestUserId),
        ["channelId"] = ("The channel. Follows the rule for room ids.", PresenceIds.LongestRoomId),
        ["link"] = ("The code of a room's public link.", PublicLinkStore.CodeLength),
        ["file"] = ("One of `presence.js`, `react.js`, `stage.js`, `timer-worker.js`, `users.js` and `widget.js`.", 40),
        ["key"] = ("The last part of the `picture` in a room's document.", 40),
        ["linkId"] = ("The share link's id, from the `picture` in its stream. Not its token.", 40),
        ["broadcastId"] = ("The broadcast's id from the list.", 19),
        ["drawId"] = ("The draw's id, from its preparation or the list.", 19),
        ["invitationId"] = ("The invitation's id, from the heartbeat's reply, the stream or the list.", 40),
        ["scheduleId"] = ("The scheduled change's id from the list.", 40),
        ["ruleId"] = ("The rule's id from the list.", 40),
        ["noteId"] = ("The note's number from the list.", 19),
        ["webhookId"] = ("The webhook's id from the list.", 40),
        ["deliveryId"] = ("The delivery's number from the list.", 19),
        ["keyId"] = ("The key's id from the list, not the key itself.", 40),
    };

    public static OpenApiParameter ClientKey => OfHeader("X-API-Key", "The client key of this installation.", isRequired: true);
    public static OpenApiParameter IfMatch => OfHeader("If-Match", "The `ETag` of the document you read, or `*` to overwrite any version.", isRequired: true);
    public static OpenApiParameter Limit => OfNumber("limit", "Number of entries.", 1, PresenceLimits.Page, PresenceLimits.Page);
    public static OpenApiParameter Cursor(int longest) => OfText("cursor", "The `cursor` of the previous page.", longest);

    public static OpenApiParameter OfPath(string name) =>
        Of(name, PathParameters[name].Text, new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = PathParameters[name].Longest }, ParameterLocation.Path, isRequired: true);

    public static OpenApiParameter OfText(string name, string text, int longest) => Of(name, text, new() { Type = JsonSchemaType.String, MaxLength = longest });

    public static OpenApiParameter OfNumber(string name, string text, int smallest, int largest, int otherwise) =>
        Of(name, text, new() { Type = JsonSchemaType.Integer, Minimum = $"{smallest}", Maximum = $"{largest}", Default = JsonValue.Create(otherwise) });

    public static OpenApiParameter OfInstant(string name, string text, bool isRequired = false) =>
        Of(name, text, new() { Type = JsonSchemaType.String, Format = "date-time" }, isRequired: isRequired);

    /// <summary>One of some words. The first is the default, unless <paramref name="isOptional"/>.</summary>
    public static OpenApiParameter OfWords(string name, string text, string[] words, bool isOptional = false) =>
        Of(name, text, new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => JsonValue.Create(word))], Default = isOptional ? null : JsonValue.Create(words[0]) });

    /// <summary>Ids, as <c>name=a&amp;name=b</c>.</summary>
    public static OpenApiParameter OfIds(string name, string text, int most) =>
        Of(name, text, new() { Type = JsonSchemaType.Array, MaxItems = most, Items = new OpenApiSchema { Type = JsonSchemaType.String } });

    public static OpenApiParameter OfHeader(string name, string text, bool isRequired = false) => Of(name, text, new() { Type = JsonSchemaType.String }, ParameterLocation.Header, isRequired);

    private static OpenApiParameter Of(string name, string text, OpenApiSchema schema, ParameterLocation place = ParameterLocation.Query, bool isRequired = false) =>
        new() { Name = name, In = place, Description = text, Required = isRequired, Schema = schema };
}
