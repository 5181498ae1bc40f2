using Presence.Dashboard.Api.Contracts;
using Presence.Engine;

namespace Presence.Dashboard.Api.Description;

internal static class RoomAdministrationDescriptions
{
    private const string Document =
        """
        {"roomId":"lobby","title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90},
        "effective":{"enabled":{"value":true,"from":"network"},"heartbeatIntervalSeconds":{"value":30,"from":"network"},"presenceTimeoutSeconds":{"value":90,"from":"room"}},
        "version":1,"updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"server key"}
        """;

    public static readonly RouteDescription List = new("listCatalogueRooms", RouteGroups.Administration, "List the catalogue of rooms")
    {
        Text = "Rooms somebody defined, whether or not anybody is in them. Which rooms have viewers is another list: `GET /api/v1/presence/rooms`.",
        Parameters =
        [
            ParameterDescription.OfNumber("limit", "How many to list.", 1, PresenceLimits.Page, PresenceLimits.Page),
            ParameterDescription.OfText("cursor", "The `cursor` of the page before.", RoomAdministrationEndpoints.LongestCursor),
        ],
        Answer = AnswerDescription.Json<DefinedRoomsReply>("A page of the catalogue.", $$"""{"rooms":[{{Document}}]}"""),
    };

    public static readonly RouteDescription Read = new("getCatalogueRoom", RouteGroups.Administration, "Read what is special about a room")
    {
        Text = "Answers for every room: one the catalogue does not know follows the network and has version 0.",
        Answer = AnswerDescription.Json<DefinedRoomDocument>("The room.", Document) with { Headers = [SettingsDescriptions.ETag] },
    };

    public static readonly RouteDescription Define = new("defineRoom", RouteGroups.Administration, "Say what is special about a room")
    {
        Text =
            """
            All of it, with the `ETag` of what was read as `If-Match`; what is left out is not special any more. A room that is
            ended or switched off empties at once. A new timeout drops nobody: every session keeps what its last answer promised.
            Acknowledged means durable and in force.
            """,
        Parameters = [SettingsDescriptions.IfMatch],
        Body = BodyDescription.Json<DefinedRoomRequest>("""{"title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90}}"""),
        Answer = AnswerDescription.Json<DefinedRoomDocument>("The room as it is now.", Document) with { Headers = [SettingsDescriptions.ETag] },
        Errors = [ApiErrors.StaleVersion, ApiErrors.VersionRequired, ApiErrors.CapReached],
    };

    public static readonly RouteDescription Forget = new("forgetRoom", RouteGroups.Administration, "Forget what is special about a room")
    {
        Text = "It follows the network again. Who is in it stays. Also 204 when the catalogue does not know the room. `If-Match` is optional.",
        Parameters = [ParameterDescription.OfHeader("If-Match", "The `ETag` that was read, to forget that version alone.")],
        Answer = AnswerDescription.Nothing("Nothing is special about the room."),
        Errors = [ApiErrors.Unreadable, ApiErrors.StaleVersion],
    };
}
