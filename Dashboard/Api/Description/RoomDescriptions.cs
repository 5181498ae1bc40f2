using Presence.Dashboard.Api.Contracts;
using Presence.Engine;

namespace Presence.Dashboard.Api.Description;

internal static class RoomDescriptions
{
    public static readonly RouteDescription Beat = new("sendHeartbeat", RouteGroups.Rooms, "Send a heartbeat")
    {
        Text =
            """
            "I am watching." The first one makes the caller a viewer; the answer says when the next one is due. An empty body is
            fine, with any content type. The session counts until `presenceTimeoutSeconds` after the answer, whatever the settings
            become. A session may send 2 a second, 20 at once.
            """,
        Parameters = [ParameterDescription.OfWords("include", "Adds the room's count to the answer.", ["count"], isOptional: true)],
        Body = BodyDescription.Json<HeartbeatRequest>("""{"sessionId":"tab-1","state":"visible","settingsVersion":1}""").Optional,
        Answer = AnswerDescription.Json<HeartbeatDocument>(
            "Taken.",
            """{"success":true,"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":60,"nextHeartbeatInSeconds":28.08,"settingsVersion":1,"count":1240}""",
            StatusCodes.Status202Accepted),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned, ApiErrors.RoomEnded, ApiErrors.CapReached],
    };

    public static readonly RouteDescription BeatMany = new("sendHeartbeats", RouteGroups.Rooms, "Send many heartbeats at once")
    {
        Text = "At most 1,000. What was not taken is listed by its place, with the code it would have had alone.",
        Body = BodyDescription.Json<ManyHeartbeatsRequest>("""{"heartbeats":[{"roomId":"lobby","userId":"anna","sessionId":"tv","state":"visible","device":"Set-top box","appVersion":"3.1.0"}]}"""),
        Answer = AnswerDescription.Json<ManyHeartbeatsReply>("What became of each.", """{"accepted":1,"rejected":[]}""", StatusCodes.Status202Accepted),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Banned],
    };

    public static readonly RouteDescription Leave = new("leaveRoom", RouteGroups.Rooms, "Leave a room")
    {
        Text = "Ends one session of the caller, at once. Also 204 when it was not there, and while presence is off.",
        Parameters = [ParameterDescription.OfText("sessionId", "The session; the login's device unless given.", PresenceIds.LongestSessionId)],
        Answer = AnswerDescription.Nothing("The session is not there any more."),
    };

    public static readonly RouteDescription LeaveByBeacon = new("leaveRoomByBeacon", RouteGroups.Rooms, "Leave a room while a page closes")
    {
        Text =
            """
            For `navigator.sendBeacon`, which can set no header: the access token comes in the body, on this route alone, as text
            or as a form of at most 4 KiB. Never put a token into an address.
            """,
        Body = new BodyDescription(Type: null, "token=eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjp7fX0.c2lnbmF0dXJl&sessionId=tab-1", "text/plain", "application/x-www-form-urlencoded"),
        Answer = AnswerDescription.Nothing("The session is not there any more."),
        Errors = [ApiErrors.NotSignedIn, ApiErrors.NotAllowed],
    };

    public static readonly RouteDescription Count = new("countViewers", RouteGroups.Rooms, "Count a room's viewers")
    {
        Text = "All distinct viewers, never capped; a room nobody is in counts 0.",
        Answer = AnswerDescription.Json<CountReply>(
            "How many are watching.",
            """{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","sessions":1302,"guests":85,"hidden":131,"fading":12}"""),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned],
    };

    public static readonly RouteDescription List = new("listViewers", RouteGroups.Rooms, "List a room's viewers")
    {
        Text =
            """
            Who's watching. `total` is the number listed, `count` everybody in the room; both are of the same moment. With sort
            `joined` or `name` the cursor reaches every viewer: nobody present throughout is skipped or repeated, however many
            come and go.
            """,
        Parameters =
        [
            ParameterDescription.OfNumber("limit", "How many to list; the moderators' cap comes on top.", 1, PresenceLimits.Page, PresenceLimits.Page),
            ParameterDescription.OfWords("sort", "Latest heartbeat first; longest present first (`joined`) or last (`-joined`); or by name.", ["heartbeat", "joined", "-joined", "name"]),
            ParameterDescription.OfWords("orderBy", "With sort `heartbeat`: latest first or last.", ["desc", "asc"]),
            ParameterDescription.OfText("search", "Part of the id or the name.", PresenceLimits.SearchLength),
            ParameterDescription.OfWords("state", "Only viewers in this state.", ["visible", "hidden", "paused"], isOptional: true),
            ParameterDescription.OfWords("include", "Adds each viewer's whole profile as `user`, with metadata, tags and picture.", ["user"], isOptional: true),
            ParameterDescription.OfText("cursor", "The `cursor` of the page before; not with sort `heartbeat`, where viewers move while one reads.", RoomPresenceEndpoints.LongestCursor),
        ],
        Answer = AnswerDescription.Json<ViewersReply>(
            "A page of viewers.",
            """
            {"viewers":[{"userId":"anna","joinedAt":"2026-11-21T22:31:07.593Z","displayName":"Anna","lastHeartbeatAt":"2026-11-21T22:37:40.614Z","state":"visible","fading":false,"sessions":1}],
            "total":1,"limit":200,"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z"}
            """),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned],
    };

    public static readonly RouteDescription Rooms = new("listRooms", RouteGroups.Rooms, "List rooms")
    {
        Text =
            """
            With `ids` those rooms, in that order. A server key may leave `ids` out and lists all rooms somebody is in, with
            `prefix`, `orderBy`, `limit` and `cursor`.
            """,
        Parameters =
        [
            ParameterDescription.OfText("ids", "Rooms, separated by commas, up to 200. `ids[]=` takes an id with a comma as it is.", PresenceLimits.Page * (PresenceIds.LongestRoomId + 1)),
            ParameterDescription.OfText("prefix", "Only rooms whose id begins so.", PresenceIds.LongestRoomId),
            ParameterDescription.OfWords("orderBy", "Most viewers first, or by title (the id where there is none).", ["count", "name"]),
            ParameterDescription.OfNumber("limit", "How many to list.", 1, PresenceLimits.Page, PresenceLimits.Page),
            ParameterDescription.OfText("cursor", "The `cursor` of the page before.", RoomEndpoints.LongestCursor),
        ],
        Answer = AnswerDescription.Json<RoomsReply>(
            "A page of rooms.",
            """
            {"rooms":[{"roomId":"lobby","status":"live","enabled":true,"count":1240,"hidden":131,"fading":12,"guests":85,"sessions":1302,"since":"2026-11-21T20:00:02.101Z","peak":1388}],
            "referenceTimestamp":"2026-11-21T22:37:41.509Z"}
            """),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned],
    };
}
