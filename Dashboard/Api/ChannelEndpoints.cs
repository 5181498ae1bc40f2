using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Channels: named groups of users, and whether any member is online.</summary>
internal static class ChannelEndpoints
{
    public const int MostAsked = 100;

    public static void MapChannels(this IEndpointRouteBuilder api)
    {
        api.MapPut("/api/v1/channels/{channelId}/members", SetMembersAsync).Allow(ApiPolicy.Server.With(ServerScopes.Users))
            .WithName("setChannelMembers").Reads<ChannelMembersRequest>().Produces<ChannelMembersDocument>().Refuses(ApiError.CapReached);
        api.MapGet("/api/v1/presence/channels/list", ListAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listChannelPresences").Takes(ApiParameter.OfIds("channelIds", "The channels. Also as `channelIds[]`.", MostAsked))
            .Produces<ChannelsReply>().Revalidates().Refuses(ApiError.PresenceDisabled, ApiError.Banned);
    }

    /// <summary>Set the members of a channel</summary>
    /// <remarks>
    /// Replaces all members. At most 1,000. An empty list deletes the channel. When the reply arrives, the change is saved and in
    /// effect.
    /// </remarks>
    /// <response code="200">The members now.</response>
    internal static async Task<IResult> SetMembersAsync(HttpContext http, string channelId, IPresence presence, ChannelStore channels)
    {
        if (PresenceIds.ProblemOfChannelId(channelId) is { } channelProblem)
            return ApiProblem.Invalid(channelProblem);
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.ChannelMembersRequest);
        if (ProblemOf(request, presence.Current.Limits.ChannelMembers) is { } problem)
            return ApiProblem.Invalid(problem);
        var members = await channels.SetMembersAsync(channelId, request.UserIds!.Select(id => id!), http.RequestAborted);
        return Reply.Ok(new ChannelMembersDocument(channelId, members), ApiJson.Documents.ChannelMembersDocument);
    }

    private static string? ProblemOf(ChannelMembersRequest request, int most)
    {
        if (request.UserIds is not { } userIds)
            return "userIds is missing. Send a list of user ids, or an empty list to delete the channel.";
        if (userIds.Count > most)
            return $"userIds is limited to {most} members, and this request has {userIds.Count}.";
        var problems = userIds.Select((id, index) => id is null ? $"userIds[{index}] is null. It must be a user id." : PresenceIds.ProblemOfUserId(id) is { } problem ? $"userIds[{index}]: {problem}" : null);
        return problems.FirstOrDefault(problem => problem is not null);
    }

    /// <summary>List the online members of channels</summary>
    /// <remarks>The calling user isn't counted, nor are hidden users. An unknown channel has no members online.</remarks>
    /// <response code="200">The channels, in the requested order.</response>
    internal static async ValueTask<IResult> ListAsync(HttpContext http, IPresence presence, RateLimits rateLimits)
    {
        var query = http.Request.Query;
        string[] asked = [.. query["channelIds[]"].Concat(query["channelIds"]).Where(id => !string.IsNullOrEmpty(id)).Select(id => id!).Distinct(PresenceComparers.ChannelId)];
        if (asked.Length > MostAsked)
            return ApiProblem.Invalid($"channelIds is limited to {MostAsked} channels, and this request has {asked.Length}. Split it into several requests.");
        if (asked.Select(id => PresenceIds.ProblemOfChannelId(id)).FirstOrDefault(problem => problem is not null) is { } problem)
            return ApiProblem.Invalid($"channelIds: {problem}");
        if (!presence.Current.Settings.Enabled)
            return ApiProblem.Disabled;
        if (ApiProblem.WhileReadingMuch(http, rateLimits, presence.MembersOf(asked)) is { } tooMuch)
            return tooMuch;

        var caller = http.Caller();
        var channels = await presence.ReadChannelsAsync(asked, caller.IsServer ? null : caller.UserId, http.RequestAborted);
        return Reply.Tagged(
            new ChannelsReply([.. channels.Select(channel => new ChannelsReply.Channel(channel.ChannelId, channel.IsAnyMemberOnline, channel.OnlineCount))]),
            ApiJson.Documents.ChannelsReply);
    }
}

/// <summary>The new members of a channel.</summary>
/// <param name="UserIds">All of its members. An empty list deletes the channel.</param>
/// <example>{"userIds":["anna","berta"]}</example>
[Computed("channelId")]
internal sealed record ChannelMembersRequest([property: Required, MaxLength(1000)] IReadOnlyList<string?>? UserIds) : AdministrationRequest;

/// <summary>The members of a channel.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="UserIds">Its members, each once.</param>
/// <example>{"channelId":"crew","userIds":["anna","berta"]}</example>
internal sealed record ChannelMembersDocument(string ChannelId, IReadOnlyList<string> UserIds);

/// <summary>The online members of channels.</summary>
/// <param name="Channels">In the requested order.</param>
/// <example>{"channels":[{"channelId":"crew","isAnyMemberOnline":true,"onlineCount":2}]}</example>
internal sealed record ChannelsReply(IReadOnlyList<ChannelsReply.Channel> Channels)
{
    /// <summary>One channel.</summary>
    /// <param name="ChannelId">The channel. An unknown one has no members online.</param>
    /// <param name="IsAnyMemberOnline">Whether a member other than the caller is online.</param>
    /// <param name="OnlineCount">The number of members online, without the caller and hidden users.</param>
    internal sealed record Channel(string ChannelId, bool IsAnyMemberOnline, int OnlineCount);
}
