using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Engine;

/// <content>
/// User presence: who is online in the network. A set of its own (rule 18), kept by the same rules as a room: one session
/// a user, its own heartbeats, the network's settings.
/// </content>
public sealed partial class PresenceEngine
{
    /// <summary>The room id under which user presence is stored; no client can name it, since ids have at least one character.</summary>
    internal const string NetworkRoom = "";

    /// <summary>Records that a user is online.</summary>
    /// <param name="userId">The subject of the caller's token.</param>
    /// <param name="profile">How the user is shown, where known.</param>
    /// <param name="origin">Whose share the user counts in.</param>
    /// <remarks><para><b>Cost.</b> As <see cref="Heartbeat"/>; all users share one lock.</para></remarks>
    public HeartbeatReceipt UserHeartbeat(string userId, UserProfile? profile = null, ViewerOrigin origin = default)
    {
        var heartbeat = new Heartbeat { RoomId = NetworkRoom, UserId = userId, SessionId = "", Profile = profile, Origin = origin };
        _online.TryHeartbeat(heartbeat, PresenceComparers.UserId.GetHashCode(userId), out var receipt);
        return receipt;
    }

    /// <summary>How many users are online, those who opted out included.</summary>
    public OnlineCount CountOnline()
    {
        var count = _online.Count();
        return new(count.Viewers, count.At);
    }

    /// <summary>Lists users online who did not opt out.</summary>
    /// <param name="query">Order, search, size of the page, whether to say how they are shown.</param>
    /// <remarks><para><b>Cost.</b> The page's size; with a search, one look at every user online, in short holds of their lock.</para></remarks>
    public OnlineRoster OnlineUsers(OnlineQuery query)
    {
        var rows = new List<ViewerRow>();
        if (string.IsNullOrEmpty(query.Search))
        {
            var count = _online.CopyByHeartbeat(query.LatestFirst, query.Limit, rows, _optOuts);
            return RosterOf(query, rows, count.Viewers, count);
        }

        var everybody = TakeRows();
        var all = _online.CopyAll(everybody, withNames: true);
        everybody.RemoveAll(row => _optOuts.Contains(row.UserId));
        var sort = query.LatestFirst ? ViewerSort.LatestHeartbeatFirst : ViewerSort.OldestHeartbeatFirst;
        var selected = new ViewerSelection(new ViewerQuery { Sort = sort, Search = query.Search, Limit = query.Limit }, _online, _clock.Now()).Select(everybody, after: 0);
        GiveBack(everybody);
        return RosterOf(query, [.. selected.Rows.Take(query.Limit)], selected.Matching, all);
    }

    /// <summary>The users of a list who are online, in the order asked for, those who opted out marked; the others are left out.</summary>
    public IReadOnlyList<OnlineUser> OnlineUsers(IReadOnlyList<string> userIds)
    {
        var online = new List<OnlineUser>(userIds.Count);
        foreach (var userId in userIds)
        {
            if (_online.LastHeartbeatOf(userId, PresenceComparers.UserId.GetHashCode(userId)) is { } at)
                online.Add(new OnlineUser(userId, _clock.UtcOf(at)) { IsOptedOut = _optOuts.Contains(userId) });
        }
        return online;
    }

    /// <summary>Takes a user off network lists and channels, or puts it back; it stays in the count.</summary>
    /// <returns>False, and nothing changed, when the cap on opt-outs is reached.</returns>
    public bool SetOptOut(string userId, bool isOut) => _optOuts.TrySet(userId, isOut);

    /// <summary>How many asked not to be listed.</summary>
    public int OptOuts => _optOuts.Count;

    /// <summary>Whether a user asked not to be listed.</summary>
    public bool IsOptedOut(string userId) => _optOuts.Contains(userId);

    /// <summary>Replaces the members of a channel. An empty list deletes the channel.</summary>
    /// <returns>False, and nothing changed, when the cap on channels or on members is reached.</returns>
    public bool SetChannelMembers(string channelId, IEnumerable<string> userIds)
    {
        var members = userIds.Distinct(PresenceComparers.UserId).Take(Limits.ChannelMembers + 1).ToArray();
        return members.Length <= Limits.ChannelMembers && _channels.TrySet(channelId, members);
    }

    /// <summary>The channels that have members.</summary>
    internal IEnumerable<string> ChannelsInForce => _channels.Ids;

    /// <summary>The online members of these channels.</summary>
    /// <param name="channelIds">The channels, answered in this order.</param>
    /// <param name="askingUserId">The asking user, who isn't counted. Null counts all.</param>
    /// <remarks><para><b>Cost.</b> A look-up per member.</para></remarks>
    public IReadOnlyList<ChannelPresence> Channels(IReadOnlyList<string> channelIds, string? askingUserId) =>
        [.. channelIds.Select(channelId => new ChannelPresence(channelId, _channels.MembersOf(channelId).Count(userId => IsListedOnline(userId, askingUserId))))];

    /// <summary>How many belong to these channels, counted in each: what <see cref="Channels"/> looks at.</summary>
    public int MembersOf(IReadOnlyList<string> channelIds) => channelIds.Sum(channelId => _channels.MembersOf(channelId).Count);

    private OnlineRoster RosterOf(OnlineQuery query, List<ViewerRow> rows, int matching, RoomCount count) => new(
        rows.ConvertAll(row => new OnlineUser(row.UserId, _clock.UtcOf(row.HeartbeatAt))
        {
            Profile = query.WithProfiles ? _onlineNetwork.Users.ProfileOf(row.UserId) : null,
            Since = query.WithProfiles ? _clock.UtcOf(row.JoinedAt) : null,
        }),
        matching,
        new OnlineCount(count.Viewers, count.At));

    private bool IsListedOnline(string userId, string? askingUserId) =>
        !PresenceComparers.UserId.Equals(userId, askingUserId)
        && !_optOuts.Contains(userId)
        && _online.LastHeartbeatOf(userId, PresenceComparers.UserId.GetHashCode(userId)) is not null;
}
