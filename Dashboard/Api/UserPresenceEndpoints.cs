using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Api;

/// <summary>Users online in the network, independent of rooms (rule 18): the presence of published mobile clients.</summary>
/// <remarks>Its services are handed over once: asking for them with each request would make a scope for each.</remarks>
internal sealed class UserPresenceEndpoints(IPresence presence, RateLimits rateLimits, ProfileLookups profiles, UserPresenceSettingStore switches, BannedDevices devices)
{
    public const int MostIds = 220;
    public const int LongestId = 300; // 50 characters, percent-encoded
    public const int MostListed = 1000;

    private static readonly IResult Accepted = Reply.Accepted(new SuccessReply(true), ApiJson.Documents.SuccessReply);

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<UserPresenceEndpoints>(api.ServiceProvider);
        api.MapPost("/api/v1/presence/heartbeat", endpoints.BeatAsync).Allow(ApiPolicy.Viewer).AllowRemovedUsers()
            .WithName("sendUserHeartbeat").Produces<SuccessReply>(StatusCodes.Status202Accepted)
            .Refuses(ApiError.PresenceDisabled, ApiError.Banned, ApiError.CapReached, ApiError.RateLimited);
        api.MapPut("/api/v1/presence/settings/user", endpoints.SwitchAsync).Allow(ApiPolicy.Viewer).AllowRemovedUsers()
            .WithName("switchOwnPresence").Reads<UserPresenceSettingRequest>().Produces<UserPresenceSettingDocument>().Refuses(ApiError.CapReached);
        api.MapGet("/api/v1/presence/users/list", endpoints.ListNamedAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listUserPresences").Takes(ApiParameter.OfIds("userIds", "The users. Also as `userIds[]`, and with ids percent-encoded twice.", MostIds))
            .Produces<PresencesReply>().Revalidates().Refuses(ApiError.PresenceDisabled, ApiError.Banned);
        api.MapGet("/api/v1/presence/network/users", endpoints.ListOnlineAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listOnlineUsers").Takes(ApiParameter.OfWords("orderBy", "`desc`: latest heartbeat first. `asc`: latest heartbeat last.", ["desc", "asc"])).Produces<PresencesReply>().Revalidates()
            .Refuses(ApiError.PresenceDisabled, ApiError.Banned);
        api.MapGet("/api/v1/presence/network/users/count", endpoints.CountAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("countOnlineUsers").Produces<OnlineCountReply>().Revalidates().Refuses(ApiError.PresenceDisabled, ApiError.Banned);
    }

    /// <summary>Report the user online</summary>
    /// <remarks>The user counts as online in the network until the presence timeout. The body is ignored.</remarks>
    /// <response code="202">Accepted.</response>
    internal async ValueTask<IResult> BeatAsync(HttpContext http)
    {
        var caller = http.Caller();
        if (devices.ProblemOf(caller) is { } banned)
            return banned;
        if (!caller.TryTake(rateLimits.Heartbeats, roomId: "", caller.SessionId, out var wait))
            return ApiProblem.TooManyHeartbeats(wait);
        if (rateLimits.HeartbeatsOfAddress is { } ofAddress && !ofAddress.TryTake(http.Connection.RemoteIpAddress, out wait))
            return ApiProblem.TooManyHeartbeatsOfAddress(wait);

        var receipt = await presence.UserHeartbeatAsync(caller.UserId, caller.Profile, AddressKey.OriginOf(http.Connection.RemoteIpAddress));
        if (receipt.Joined)
            profiles.Want(caller);
        return receipt.Outcome == HeartbeatOutcome.Accepted ? Accepted : ApiProblem.Of(receipt, presence.Current.Limits);
    }

    /// <summary>Hide or show the caller's own presence</summary>
    /// <remarks>
    /// A hidden user isn't in the network's list, isn't counted in channels, and has no <c>lastHeartbeat</c> for others. The user
    /// stays in the network's count and visible in rooms. When the reply arrives, the change is saved. Also works while presence
    /// is off.
    /// </remarks>
    /// <response code="200">The updated switch.</response>
    internal async ValueTask<IResult> SwitchAsync(HttpContext http)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.UserPresenceSettingRequest);
        if (request.Enabled is not { } enabled)
            return ApiProblem.Invalid("enabled", "is missing. Send true or false.");
        var now = await switches.SetAsync(http.Caller().UserId, enabled, http.RequestAborted);
        return Reply.Ok(new UserPresenceSettingDocument(now.Enabled, now.EnabledAt), ApiJson.Documents.UserPresenceSettingDocument);
    }

    /// <summary>Read the last heartbeats of users</summary>
    /// <remarks>Returns every requested id, in that order. A user is online if <c>lastHeartbeat</c> is present and at most 60 seconds old.</remarks>
    /// <response code="200">The users.</response>
    internal async ValueTask<IResult> ListNamedAsync(HttpContext http)
    {
        var asked = UserIdVariants.ReadFrom(http.Request.Query, MostIds);
        if (Array.Find(asked, id => id.Length > LongestId) is { } tooLong)
            return ApiProblem.Invalid($"userIds: an id is limited to {LongestId} characters, and one has {tooLong.Length}.");
        if (!presence.Current.Settings.Enabled)
            return ApiProblem.Disabled;

        var caller = http.Caller();
        var online = (await presence.ReadOnlineAsync([.. asked.SelectMany(UserIdVariants.Of).Distinct(PresenceComparers.UserId)], http.RequestAborted)).ToDictionary(user => user.UserId, PresenceComparers.UserId);
        return Describe(asked.Select(id => Presence(id, online, caller)).DistinctBy(presence => presence.UserId));
    }

    /// <summary>One user asked about; without an instant when it is not online, or opted out and not the one who asks.</summary>
    private static PresencesReply.Presence Presence(string asked, Dictionary<string, OnlineUser> online, ClientPrincipal caller)
    {
        if (UserIdVariants.Of(asked).Select(online.GetValueOrDefault).FirstOrDefault(user => user is not null) is not { } user)
            return new(asked, LastHeartbeat: null);
        var isShown = PresenceComparers.UserId.Equals(user.UserId, caller.UserId) || !user.IsOptedOut;
        return new(user.UserId, isShown ? user.LastHeartbeatAt : null);
    }

    /// <summary>List users online in the network</summary>
    /// <remarks>At most 1,000, without hidden users.</remarks>
    /// <response code="200">The users.</response>
    internal async ValueTask<IResult> ListOnlineAsync(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        var latestFirst = query.Choice("orderBy", ("desc", true), ("asc", false));
        if (!presence.Current.Settings.Enabled)
            return ApiProblem.Disabled;
        // The read skips users who opted out one by one.
        var network = await presence.ReadNetworkAsync(NetworkQuery.Counts, http.RequestAborted);
        if (ApiProblem.WhileReadingMuch(http, rateLimits, Math.Min(network.OptOuts, network.Online.Users) + 1) is { } tooMuch)
            return tooMuch;
        var online = await presence.ReadOnlineAsync(new OnlineQuery { LatestFirst = latestFirst, Limit = MostListed, WithProfiles = false }, http.RequestAborted);
        return Describe(online.Users.Select(user => new PresencesReply.Presence(user.UserId, user.LastHeartbeatAt)));
    }

    /// <summary>Count users online in the network</summary>
    /// <remarks>Includes hidden users.</remarks>
    /// <response code="200">The number of users online.</response>
    internal async ValueTask<IResult> CountAsync(HttpContext http)
    {
        if (!presence.Current.Settings.Enabled)
            return ApiProblem.Disabled;
        var count = (await presence.ReadNetworkAsync(NetworkQuery.Counts, http.RequestAborted)).Online;
        return Reply.Tagged(new OnlineCountReply(count.Users, count.At), ApiJson.Documents.OnlineCountReply);
    }

    private static IResult Describe(IEnumerable<PresencesReply.Presence> presences) => Reply.Tagged(new PresencesReply([.. presences]), ApiJson.Documents.PresencesReply);
}

/// <summary>The new value of a user's own presence switch.</summary>
/// <param name="Enabled">Whether the user is listed as online.</param>
/// <example>{"enabled":false}</example>
internal sealed record UserPresenceSettingRequest([property: Required] bool? Enabled);

/// <summary>A user's own presence switch.</summary>
/// <param name="Enabled">Whether the user is listed as online.</param>
/// <param name="EnabledAt">When it last changed.</param>
/// <example>{"enabled":false,"enabledAt":"2026-11-21T22:37:41.509Z"}</example>
internal sealed record UserPresenceSettingDocument(bool Enabled, DateTimeOffset EnabledAt);

/// <summary>Users and their last heartbeats.</summary>
/// <param name="Presences">In the requested order.</param>
/// <example>{"presences":[{"userId":"anna","lastHeartbeat":"2026-11-21T22:37:40.614Z"},{"userId":"berta"}]}</example>
internal sealed record PresencesReply(IReadOnlyList<PresencesReply.Presence> Presences)
{
    /// <summary>One user.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="LastHeartbeat">Absent for a user who isn't online or is hidden.</param>
    internal sealed record Presence(string UserId, DateTimeOffset? LastHeartbeat);
}

/// <summary>The number of users online. Published clients expect the timestamp with a capital S here, and only here.</summary>
/// <param name="Count">All users online, including hidden ones.</param>
/// <param name="ReferenceTimestamp">The time of the count, at most one second ago.</param>
/// <example>{"count":310,"referenceTimeStamp":"2026-11-21T22:37:41.509Z"}</example>
internal sealed record OnlineCountReply(int Count, [property: JsonPropertyName("referenceTimeStamp")] DateTimeOffset ReferenceTimestamp) : IOfAMoment;
