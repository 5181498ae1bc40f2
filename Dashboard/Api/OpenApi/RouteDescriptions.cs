using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api.OpenApi;

/// <summary>
/// What a route says of itself in the API's description. Its texts are the XML documentation of its handler (which is internal
/// for that: the generator passes private ones over); documents are explained where they are declared.
/// </summary>
internal static class RouteDescriptions
{
    /// <summary>Parameters of the query and headers.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params ApiParameter[] parameters) => route.WithMetadata([.. parameters]);

    /// <summary>The document in the body. The framework's own metadata would make routing refuse content types before the route can.</summary>
    public static RouteHandlerBuilder Reads<T>(this RouteHandlerBuilder route, bool isOptional = false) => route.WithMetadata(new ApiBody(typeof(T), isOptional, "application/json"));

    /// <summary>Text in the body, whose form the route's description explains.</summary>
    public static RouteHandlerBuilder ReadsText(this RouteHandlerBuilder route, string example, params string[] mediaTypes) =>
        route.WithMetadata(new ApiBody(typeof(string), IsOptional: false, mediaTypes)).WithMetadata(new ApiExample(example, IsOfBody: true));

    /// <summary>ApiProblem of this route's own; those that follow from who may call and what is read come by themselves.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ApiError[] errors) => route.WithMetadata([.. errors]);

    /// <summary>A header of the answer.</summary>
    public static RouteHandlerBuilder AnswersHeader(this RouteHandlerBuilder route, string name, string text) => route.WithMetadata(new ApiHeader(name, text));

    /// <summary>The version of a document, as its answer carries it.</summary>
    public static RouteHandlerBuilder AnswersETag(this RouteHandlerBuilder route) => route.AnswersHeader("ETag", "The version of the document.");

    /// <summary>An example of the body or the answer, where it is text or the document's own example does not fit.</summary>
    public static RouteHandlerBuilder WithExample(this RouteHandlerBuilder route, string example, bool ofBody = false) => route.WithMetadata(new ApiExample(example, ofBody));
}

internal sealed record ApiBody(Type Type, bool IsOptional, params string[] MediaTypes);

internal sealed record ApiExample(string Text, bool IsOfBody)
{
    public JsonNode? As(Type? type) => type is null || type == typeof(string) ? JsonValue.Create(Text) : JsonNode.Parse(Text);
}

internal sealed record ApiHeader(string Name, string Text);

/// <summary>The chapters of the description, in reading order.</summary>
internal static class ApiTags
{
    public const string Sessions = "Sessions";
    public const string Rooms = "Room presence";
    public const string Users = "Users";
    public const string UserPresence = "User presence";
    public const string Settings = "Settings";
    public const string Administration = "Administration";
    public const string Embedding = "Embedding";
    public const string Operation = "Operation";

    public static readonly IReadOnlyList<(string Name, string Text)> All =
    [
        (Sessions, "Viewer logins and logouts."),
        (Rooms, "Heartbeats, counts and lists of viewers in rooms. Reading doesn't count as watching."),
        (Users, "Profiles of users."),
        (UserPresence, "Users online in the network and in channels. Room heartbeats and user heartbeats are independent."),
        (Settings, "Presence on or off, heartbeat interval, presence timeout."),
        (Administration, "Administration by your backend: rooms, bans, users, keys. Unknown members are refused."),
        (Embedding, "For other sites: a room's count through its public link, and the client's scripts."),
        (Operation, "Health and metrics."),
    ];
}

/// <summary>A parameter of a path, a query or a header, as the description shows it.</summary>
internal sealed record ApiParameter(string Name, string Text, OpenApiSchema Schema, ParameterLocation In = ParameterLocation.Query, bool IsRequired = false)
{
    /// <summary>What stands between the slashes of a route, said once for all routes.</summary>
    private static readonly Dictionary<string, (string Text, int Longest)> PathParameters = new(StringComparer.Ordinal)
    {
        ["roomId"] = ("The room. No control characters, none of `/ \\ ? # %`. Percent-encode spaces and accents.", PresenceIds.LongestRoomId),
        ["userId"] = ("The user, percent-encoded. For profiles, the id can be encoded twice, as in published clients.", PresenceIds.LongestUserId),
        ["channelId"] = ("The channel. Follows the rule for room ids.", PresenceIds.LongestRoomId),
        ["link"] = ("The code of a room's public link.", PublicLinkStore.CodeLength),
        ["file"] = ("One of `presence.js`, `react.js`, `timer-worker.js` and `widget.js`.", 40),
        ["key"] = ("The last part of the `picture` in a room's document.", 40),
        ["linkId"] = ("The share link's id, from the `picture` in its stream. Not its token.", 40),
        ["keyId"] = ("The key's id from the list, not the key itself.", 40),
    };

    /// <summary>The client key, with a login.</summary>
    public static ApiParameter ClientKey => OfHeader("X-API-Key", "The client key of this installation.", isRequired: true);

    /// <summary>The version a change was made from.</summary>
    public static ApiParameter IfMatch => OfHeader("If-Match", "The `ETag` of the document you read, or `*` to overwrite any version.", isRequired: true);

    /// <summary>How much of a list to answer.</summary>
    public static ApiParameter Limit => OfNumber("limit", "Number of entries.", 1, PresenceLimits.Page, PresenceLimits.Page);

    /// <summary>Where a page of a list begins.</summary>
    public static ApiParameter Cursor(int longest) => OfText("cursor", "The `cursor` of the previous page.", longest);

    public static ApiParameter OfPath(string name) =>
        new(name, PathParameters[name].Text, new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = PathParameters[name].Longest }, ParameterLocation.Path, IsRequired: true);

    public static ApiParameter OfText(string name, string text, int longest) => new(name, text, new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = longest });

    public static ApiParameter OfNumber(string name, string text, int smallest, int largest, int otherwise) =>
        new(name, text, new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = smallest.ToString(CultureInfo.InvariantCulture),
            Maximum = largest.ToString(CultureInfo.InvariantCulture),
            Default = JsonValue.Create(otherwise),
        });

    /// <summary>One of some words; the first is taken when it is left out, unless <paramref name="isOptional"/>.</summary>
    public static ApiParameter OfWords(string name, string text, string[] words, bool isOptional = false) =>
        new(name, text, new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))],
            Default = isOptional ? null : JsonValue.Create(words[0]),
        });

    /// <summary>Ids, as <c>name=a&amp;name=b</c>.</summary>
    public static ApiParameter OfIds(string name, string text, int most) =>
        new(name, text, new OpenApiSchema { Type = JsonSchemaType.Array, MaxItems = most, Items = new OpenApiSchema { Type = JsonSchemaType.String } });

    public static ApiParameter OfHeader(string name, string text, bool isRequired = false) => new(name, text, new OpenApiSchema { Type = JsonSchemaType.String }, ParameterLocation.Header, isRequired);

    public IOpenApiParameter Describe() => new OpenApiParameter { Name = Name, In = In, Description = Text, Required = IsRequired, Schema = Schema };
}
