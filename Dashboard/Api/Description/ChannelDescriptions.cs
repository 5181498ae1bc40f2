using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class ChannelDescriptions
{
    public static readonly RouteDescription SetMembers = new("setChannelMembers", RouteGroups.UserPresence, "Say who belongs to a channel")
    {
        Text = "Instead of what was said before; at most 1,000 members. With nobody the channel is forgotten. Acknowledged means durable and in force.",
        Body = BodyDescription.Json<ChannelMembersRequest>("""{"userIds":["anna","berta"]}"""),
        Answer = AnswerDescription.Json<ChannelMembersDocument>("The members now.", """{"channelId":"crew","userIds":["anna","berta"]}"""),
        Errors = [ApiErrors.CapReached],
    };

    public static readonly RouteDescription List = new("listChannelPresences", RouteGroups.UserPresence, "Ask whether anybody of some channels is online")
    {
        Text = "The user who asks is not counted, nor is anybody who switched presence off. An unknown channel has nobody online.",
        Parameters = [ParameterDescription.OfIds("channelIds", "The channels; `channelIds[]` is taken as well.", ChannelEndpoints.MostAsked)],
        Answer = AnswerDescription.Json<ChannelsReply>("The channels, in the order asked for.", """{"channels":[{"channelId":"crew","isAnyMemberOnline":true,"onlineCount":2}]}"""),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Banned],
    };
}
