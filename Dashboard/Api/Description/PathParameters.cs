using Microsoft.OpenApi;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api.Description;

/// <summary>What stands between the slashes of a route, said once for all routes.</summary>
internal static class PathParameters
{
    private static readonly Dictionary<string, (string Text, int Longest)> Known = new(StringComparer.Ordinal)
    {
        ["roomId"] = ("The room. No control characters, none of `/ \\ ? # %`; spaces and accents are fine, percent-encoded.", PresenceIds.LongestRoomId),
        ["userId"] = ("The user, percent-encoded. Profiles may be asked for with an id encoded twice, as published clients do.", PresenceIds.LongestUserId),
        ["channelId"] = ("The channel; the rule of room ids.", PresenceIds.LongestRoomId),
        ["link"] = ("The code of a room's public link.", PublicLinkStore.CodeLength),
        ["file"] = ("One of `presence.js`, `react.js`, `timer-worker.js` and `widget.js`.", 40),
        ["keyId"] = ("The key, as the list names it; never the key itself.", 40),
    };

    public static IOpenApiParameter Describe(string name)
    {
        var (text, longest) = Known[name];
        return new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = text,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = longest },
        };
    }
}
