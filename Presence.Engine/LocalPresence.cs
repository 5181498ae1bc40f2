using Presence.Engine.Alerts;
using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Users;

namespace Presence.Engine;

/// <summary>Presence kept in this process, by one engine: every call but a search is complete when it returns.</summary>
public sealed class LocalPresence(PresenceEngine engine) : IPresence
{
    /// <inheritdoc/>
    public PresenceState Current => new(engine.Settings, engine.Limits, engine.CatalogueVersion, engine.IsWarming);

    /// <inheritdoc/>
    public RoomState StateOf(string roomId) => new(engine.Definition(roomId), engine.Effective(roomId), engine.PrefixesOf(roomId));

    /// <inheritdoc/>
    public Removal? RemovalOf(string userId, string? roomId) => engine.RemovalOf(userId, roomId);

    /// <inheritdoc/>
    public Removal? RemovalOfDevice(string device) => engine.RemovalOfDevice(device);

    /// <inheritdoc/>
    public int DeviceBanVersion => engine.DeviceBanVersion;

    /// <inheritdoc/>
    public StageInvitation? InvitationOf(string roomId, string userId) => engine.InvitationOf(roomId, userId);

    /// <inheritdoc/>
    public IReadOnlyList<StageInvitation> InvitationsIn(string roomId) => engine.InvitationsIn(roomId);

    /// <inheritdoc/>
    public UserProfile? StoredProfileOf(string userId) => engine.StoredProfileOf(userId);

    /// <inheritdoc/>
    public int MembersOf(IReadOnlyList<string> channelIds) => engine.MembersOf(channelIds);

    /// <inheritdoc/>
    public ValueTask<HeartbeatReceipt> HeartbeatAsync(in Heartbeat heartbeat) => new(engine.Heartbeat(heartbeat));

    /// <inheritdoc/>
    public ValueTask<HeartbeatReceipt> UserHeartbeatAsync(string userId, UserProfile? profile = null, ViewerOrigin origin = default) =>
        new(engine.UserHeartbeat(userId, profile, origin));

    /// <inheritdoc/>
    public ValueTask<bool> LeaveAsync(string roomId, string userId, string sessionId) => new(engine.Leave(roomId, userId, sessionId));

    /// <inheritdoc/>
    public ValueTask UpdateProfileAsync(string userId, UserProfile profile)
    {
        engine.UpdateProfile(userId, profile);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<RoomCount> CountAsync(string roomId, CancellationToken cancellationToken = default) => new(engine.Count(roomId));

    /// <inheritdoc/>
    public ValueTask<RoomSnapshot> ReadRoomAsync(string roomId, ViewerQuery? first = null, CancellationToken cancellationToken = default) =>
        new(engine.Snapshot(roomId, first));

    /// <inheritdoc/>
    public ValueTask<ViewerPage> ReadViewersAsync(string roomId, ViewerQuery query, CancellationToken cancellationToken = default) =>
        new(engine.Viewers(roomId, query));

    /// <inheritdoc/>
    public ValueTask<NamedViewers> ReadNamedViewersAsync(string roomId, IReadOnlyList<string> userIds, string? open = null, CancellationToken cancellationToken = default) =>
        new(new NamedViewers(engine.Viewers(roomId, userIds), open is null ? [] : engine.Sessions(roomId, open)));

    /// <inheritdoc/>
    public ValueTask<IViewerOrder> OrderViewersAsync(string roomId, ViewerQuery query, CancellationToken cancellationToken = default) =>
        new(new Order(engine.Order(roomId, query)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RoomGlance>> ReadRoomRowsAsync(IReadOnlyList<string> roomIds, CancellationToken cancellationToken = default)
    {
        var rows = new RoomGlance[roomIds.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = engine.Glance(roomIds[i]);
        return new(rows);
    }

    /// <inheritdoc/>
    public ValueTask<RoomPage> ListRoomsAsync(RoomQuery query, CancellationToken cancellationToken = default) => new(engine.Rooms(query));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> RankRoomsAsync(RoomQuery query, CancellationToken cancellationToken = default) => new(engine.RankRooms(query));

    /// <inheritdoc/>
    public ValueTask<PresenceFigures> ReadFiguresAsync(CancellationToken cancellationToken = default) => new(engine.Figures());

    /// <inheritdoc/>
    public ValueTask<NetworkReading> ReadNetworkAsync(NetworkQuery? query = null, CancellationToken cancellationToken = default) => new(new NetworkReading
    {
        Count = engine.CountNetwork(),
        Online = engine.CountOnline(),
        Activity = engine.Activity(),
        KnownRooms = engine.KnownRooms,
        Searched = engine.Searched,
        OptOuts = engine.OptOuts,
        History = query?.Range is { } range ? engine.History(range, query.From) : [],
        Peak = query?.PeakSince is { } since ? engine.PeakSince(since) : null,
        Answering = query?.AnsweringTo is { } version ? engine.SessionsAnswering(version) : 0,
        Silent = query?.AnsweringTo is null ? 0 : engine.SessionsAnswering(0),
        Devices = query is { Devices: > 0 } ? engine.DeviceNames(query.Devices) : [],
    });

    /// <inheritdoc/>
    /// <remarks>Elsewhere than the caller, which goes on: a search looks at everybody.</remarks>
    public ValueTask<NetworkFindings> SearchAsync(NetworkSearch search, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => engine.Search(search, cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ViewerReading> ReadViewerAsync(string userId, CancellationToken cancellationToken = default) => new(new ViewerReading
    {
        Profile = engine.ProfileOf(userId),
        Places = [.. engine.RoomsOf(userId).Select(roomId => engine.Find(roomId, userId)).OfType<ViewerPlace>().OrderBy(place => place.Viewer.JoinedAt)],
        OnlineAt = !engine.IsOptedOut(userId) && engine.OnlineUsers([userId]) is [var online] ? online.LastHeartbeatAt : null,
        Removals = engine.RemovalsOf(userId),
        At = engine.CountNetwork().At,
    });

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UserProfile?>> ReadProfilesAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken = default) =>
        new([.. userIds.Select(engine.ProfileOf)]);

    /// <inheritdoc/>
    public ValueTask<OnlineRoster> ReadOnlineAsync(OnlineQuery query, CancellationToken cancellationToken = default) => new(engine.OnlineUsers(query));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<OnlineUser>> ReadOnlineAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken = default) => new(engine.OnlineUsers(userIds));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ChannelPresence>> ReadChannelsAsync(IReadOnlyList<string> channelIds, string? askingUserId, CancellationToken cancellationToken = default) =>
        new(engine.Channels(channelIds, askingUserId));

    /// <inheritdoc/>
    public DirtyWatch WatchRoom(string roomId) => engine.Watch(roomId);

    /// <inheritdoc/>
    public DirtyWatch WatchNetwork() => engine.WatchNetwork();

    /// <inheritdoc/>
    public ValueTask<ChangeSubscription> SubscribeAsync(string roomId, int capacity, CancellationToken cancellationToken = default) => new(engine.Subscribe(roomId, capacity));

    /// <summary>An order that is here.</summary>
    private sealed class Order(ViewerOrder order) : IViewerOrder
    {
        public RoomCount Count => order.Count;

        public int Length => order.UserIds.Count;

        public ValueTask<IReadOnlyList<string>> ReadAsync(int start, int count, CancellationToken cancellationToken = default)
        {
            var ids = new string[Math.Clamp(Length - start, 0, count)];
            for (var i = 0; i < ids.Length; i++)
                ids[i] = order.UserIds[start + i];
            return new(ids);
        }

        public ValueTask<(int First, int Last)> FindAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken = default)
        {
            var wanted = userIds.ToHashSet(PresenceComparers.UserId);
            var first = IndexOf(wanted, from: 0, step: 1);
            return new((first, first < 0 ? -1 : IndexOf(wanted, from: Length - 1, step: -1)));
        }

        private int IndexOf(HashSet<string> wanted, int from, int step)
        {
            for (var index = from; index >= 0 && index < Length; index += step)
            {
                if (wanted.Contains(order.UserIds[index]))
                    return index;
            }
            return -1;
        }
    }
}
