using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Embedding;

namespace Presence.Dashboard.Api.Description;

internal static class EmbeddingDescriptions
{
    private const string SameForAll = "A link that was taken back and one that never was are answered alike, with 404.";

    public static readonly RouteDescription Badge = new("drawBadge", RouteGroups.Embedding, "Draw a room's count")
    {
        Text = $"For an `<img>` on any page. May be cached for 5 seconds. While presence is off it is drawn without a count. {SameForAll}",
        Parameters =
        [
            ParameterDescription.OfText("label", $"What stands behind the number; `{BadgeDrawing.DefaultLabel}` unless sent.", BadgeDrawing.LongestLabel),
            ParameterDescription.OfWords("theme", "For which kind of page; as the reader's system is set unless sent.", ["auto", "light", "dark"]),
        ],
        Answer = AnswerDescription.OfText("The badge.", "image/svg+xml", """<svg xmlns="http://www.w3.org/2000/svg" width="96" height="22"></svg>""") with { Headers = Cached },
        Errors = [ApiErrors.NotFound, ApiErrors.MethodNotAllowed],
    };

    public static readonly RouteDescription PublicRoom = new("getPublicRoom", RouteGroups.Embedding, "Read a room's count through its public link")
    {
        Text = $"For pages of any origin, without a token. May be cached for 5 seconds, and is read from the engine once a second at most. {SameForAll}",
        Answer = AnswerDescription.Json<PublicRoomDocument>(
            "How many watch.",
            """{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","refreshInSeconds":5,"viewers":[{"name":"Anna"}]}""") with
        { Headers = Cached },
        Errors = [ApiErrors.NotFound, ApiErrors.MethodNotAllowed, ApiErrors.PresenceDisabled],
    };

    public static readonly RouteDescription ClientFile = new("getClientFile", RouteGroups.Embedding, "Get a script of the client")
    {
        Text = "`presence.js` is the client for browsers, `widget.js` defines `<viewer-count>` and `<whos-watching>`. Of the server's own version; `1` is the client's major one.",
        Parameters = [ParameterDescription.OfText("v", "The fingerprint of the file: with the right one it may be cached for good.", 16)],
        Answer = AnswerDescription.OfText("The script, an ES module.", "text/javascript", "export{RoomPresence};") with { Headers = Cached },
        Errors = [ApiErrors.NotFound, ApiErrors.MethodNotAllowed],
    };

    private static IReadOnlyList<(string Name, string Text)> Cached => [("ETag", "The version of the answer."), ("Cache-Control", "How long it may be kept.")];
}
