using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class RoomDescriptions
{
    public static readonly RouteDescription Count = new("countViewers", RouteGroups.Rooms, "Count a room's viewers")
    {
        Text =
            """
            All distinct viewers, never capped; a room nobody is in counts 0. True of `referenceTimestamp`, at most a second ago.
            """,
        Answer = AnswerDescription.Json<CountReply>(
            "How many are watching.",
            """{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","sessions":1302,"guests":85,"hidden":131,"fading":12}"""),
        Errors = [ApiErrors.PresenceDisabled],
    };
}
