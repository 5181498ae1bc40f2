using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class UserPresenceDescriptions
{
    public static readonly RouteDescription Beat = new("sendUserHeartbeat", RouteGroups.UserPresence, "Say that the user is online")
    {
        Text = "The user counts as online in the network for the presence timeout after the answer. Whatever is in the body is not read.",
        Answer = AnswerDescription.Json<SuccessReply>("Taken.", """{"success":true}""", StatusCodes.Status202Accepted),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Banned, ApiErrors.CapReached, ApiErrors.RateLimited],
    };

    public static readonly RouteDescription Switch = new("switchOwnPresence", RouteGroups.UserPresence, "Switch one's own presence on or off")
    {
        Text =
            """
            Off means: not in the network's list, not counted in channels, without an instant where others ask for the user by its
            id. The user stays in the network's count, and is seen in rooms as before. Durable when answered; answers also while
            presence is off.
            """,
        Body = BodyDescription.Json<PresenceSwitchRequest>("""{"enabled":false}"""),
        Answer = AnswerDescription.Json<PresenceSwitchDocument>("The switch as it is now.", """{"enabled":false,"enabledAt":"2026-11-21T22:37:41.509Z"}"""),
        Errors = [ApiErrors.CapReached],
    };

    public static readonly RouteDescription ListNamed = new("listUserPresences", RouteGroups.UserPresence, "Read when certain users were last heard of")
    {
        Text = "Every id asked for is answered, in that order. Count a user as online whose `lastHeartbeat` is there and at most 60 seconds old.",
        Parameters = [ParameterDescription.OfIds("userIds", "The users; `userIds[]` is taken as well, and ids percent-encoded twice.", UserPresenceEndpoints.MostIds)],
        Answer = AnswerDescription.Json<PresencesReply>("The users.", """{"presences":[{"userId":"anna","lastHeartbeat":"2026-11-21T22:37:40.614Z"},{"userId":"berta"}]}"""),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Banned],
    };

    public static readonly RouteDescription ListOnline = new("listOnlineUsers", RouteGroups.UserPresence, "List users online in the network")
    {
        Text = "At most 1,000, without those who switched their presence off.",
        Parameters = [ParameterDescription.OfWords("orderBy", "Latest heartbeat first, or last.", ["desc", "asc"])],
        Answer = AnswerDescription.Json<PresencesReply>("The users.", """{"presences":[{"userId":"anna","lastHeartbeat":"2026-11-21T22:37:40.614Z"}]}"""),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Banned],
    };

    public static readonly RouteDescription Count = new("countOnlineUsers", RouteGroups.UserPresence, "Count users online in the network")
    {
        Text = "All of them, those who switched their presence off included.",
        Answer = AnswerDescription.Json<OnlineCountReply>("How many are online.", """{"count":310,"referenceTimeStamp":"2026-11-21T22:37:41.509Z"}"""),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Banned],
    };
}
