using Presence.Dashboard.Api.Contracts;
using Presence.Engine;

namespace Presence.Dashboard.Api.Description;

internal static class RemovalDescriptions
{
    private const string OfRoom = """{"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z","removedBy":"server key"}""";
    private const string OfNetwork = """{"userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z","removedBy":"server key"}""";
    private const string Durable = "Instead of what was decided for the user before, which answers 200. Acknowledged means durable and in force.";

    public static readonly RouteDescription RemoveFromRoom = new("removeFromRoom", RouteGroups.Administration, "Keep a user out of a room")
    {
        Text = $"Its sessions there end at once. Until the removal ends or is lifted, its heartbeats and reads of the room are refused with code 499601. {Durable}",
        Body = BodyDescription.Json<RemovalRequest>("""{"userId":"anna","durationSeconds":86400,"reason":"spam"}"""),
        Answer = Made(OfRoom),
        Errors = [ApiErrors.CapReached],
    };

    public static readonly RouteDescription RemoveFromNetwork = new("removeFromNetwork", RouteGroups.Administration, "Ban a user from the network")
    {
        Text = $"Its sessions end everywhere at once. Until the removal ends or is lifted, its logins, heartbeats and reads are refused with code 400312. {Durable}",
        Body = BodyDescription.Json<RemovalRequest>("""{"userId":"anna","until":"2030-01-01T00:00:00Z","reason":"spam"}"""),
        Answer = Made(OfNetwork),
        Errors = [ApiErrors.CapReached],
    };

    public static readonly RouteDescription ListOfRoom = List("listRoomRemovals", "List who is kept out of a room", OfRoom);

    public static readonly RouteDescription ListOfNetwork = List("listRemovals", "List who is banned from the network", OfNetwork);

    public static readonly RouteDescription ReadOfRoom = Read("getRoomRemoval", "Read why a user is kept out of a room", OfRoom);

    public static readonly RouteDescription ReadOfNetwork = Read("getRemoval", "Read why a user is banned from the network", OfNetwork);

    public static readonly RouteDescription LiftOfRoom = Lift("liftRoomRemoval", "Let a user into a room again");

    public static readonly RouteDescription LiftOfNetwork = Lift("liftRemoval", "Let a user into the network again");

    private static AnswerDescription Made(string example) =>
        AnswerDescription.Json<RemovalDocument>("The removal.", example, StatusCodes.Status201Created) with { Headers = [("Location", "Where the removal is read and lifted.")] };

    private static RouteDescription List(string id, string summary, string example) => new(id, RouteGroups.Administration, summary)
    {
        Text = "The removals in force, the latest first.",
        Parameters =
        [
            ParameterDescription.OfNumber("limit", "How many to list.", 1, PresenceLimits.Page, PresenceLimits.Page),
            ParameterDescription.OfText("cursor", "The `cursor` of the page before.", RemovalEndpoints.LongestCursor),
        ],
        Answer = AnswerDescription.Json<RemovalsReply>("A page of removals.", $$"""{"removals":[{{example}}]}"""),
    };

    private static RouteDescription Read(string id, string summary, string example) => new(id, RouteGroups.Administration, summary)
    {
        Answer = AnswerDescription.Json<RemovalDocument>("The removal.", example),
        Errors = [ApiErrors.NotFound],
    };

    private static RouteDescription Lift(string id, string summary) => new(id, RouteGroups.Administration, summary)
    {
        Text = "With the user's next heartbeat. Also 204 when it was not kept out. Acknowledged means durable and in force.",
        Answer = AnswerDescription.Nothing("The user is not kept out."),
    };
}
