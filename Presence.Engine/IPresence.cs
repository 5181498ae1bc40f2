using Presence.Engine.Alerts;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Stage;
using Presence.Engine.Users;

namespace Presence.Engine;

/// <summary>The one way to presence, wherever it is kept: in this process, or in parts on several machines.</summary>
/// <remarks>
/// <para><b>Shape.</b> A question is large, its answer of one moment, and what lists show is asked for page by page: each call may cost a way to
/// another machine. What is true of the whole network may be a sum of parts a second apart.</para>
/// <para><b>Local.</b> Synchronous members know their answer without asking: settings, catalogue, bans, invitations and profiles are kept wherever requests are answered.</para>
/// <para><b>Threads.</b> Any. Reading never counts (rule 8).</para>
/// </remarks>
public interface IPresence
{
    /// <summary>What is in force now. Another object, not another value of this one, once that changes.</summary>
    PresenceState Current { get; }

    /// <summary>What is in force in one room; it need not exist.</summary>
    RoomState StateOf(string roomId);

    /// <summary>What keeps a user out of a room (or, with null, of the network) now; null when nothing does.</summary>
    Removal? RemovalOf(string userId, string? roomId);

    /// <summary>The ban in force that names a device, by its hash; null when none does.</summary>
    Removal? RemovalOfDevice(string device);

    /// <summary>Rises when a ban names devices; 0 while none ever did. Who found a device free at this version need not ask again.</summary>
    int DeviceBanVersion { get; }
    /// <summary>The latest invitation of a viewer to a room's stage; null when there is none.</summary>
    StageInvitation? InvitationOf(string roomId, string userId);

    /// <summary>The latest invitation of each viewer to a room's stage, the oldest first.</summary>
    IReadOnlyList<StageInvitation> InvitationsIn(string roomId);

    /// <summary>How the store shows a user, as <see cref="UpdateProfileAsync"/> last said; null when it has to be looked up.</summary>
    UserProfile? StoredProfileOf(string userId);

    /// <summary>How many belong to these channels, counted in each: what <see cref="ReadChannelsAsync"/> looks at.</summary>
    int MembersOf(IReadOnlyList<string> channelIds);

    /// <summary>Records one heartbeat and says what was promised for it.</summary>
    /// <param name="heartbeat">Room, user and session; already validated (<see cref="PresenceIds"/>).</param>
    /// <remarks>
    /// <para><b>Cost.</b> Where the room is here: complete when it returns, and nothing allocated for a session already present. Many may be under way at once;
    /// they are sent together.</para>
    /// <para><b>Guarantee.</b> The session counts until the timeout in the receipt's settings has passed, whatever the settings become (rule 4).</para>
    /// </remarks>
    ValueTask<HeartbeatReceipt> HeartbeatAsync(in Heartbeat heartbeat);

    /// <summary>Records that a user is online in the network.</summary>
    /// <param name="userId">The subject of the caller's token.</param>
    /// <param name="profile">How the user is shown, where known.</param>
    /// <param name="origin">Whose share the user counts in.</param>
    ValueTask<HeartbeatReceipt> UserHeartbeatAsync(string userId, UserProfile? profile = null, ViewerOrigin origin = default);

    /// <summary>Ends a session at once; false when it was not present, which is no error.</summary>
    ValueTask<bool> LeaveAsync(string roomId, string userId, string sessionId);

    /// <summary>Shows a user as the store says, wherever it is present, and from its next join on. What was said before something known already changes nothing.</summary>
    ValueTask UpdateProfileAsync(string userId, UserProfile profile);

    /// <summary>How many are in a room; an unknown one counts 0. At most a second old.</summary>
    ValueTask<RoomCount> CountAsync(string roomId, CancellationToken cancellationToken = default);

    /// <summary>Everything that a page shows of a room, of one moment.</summary>
    /// <param name="roomId">The room. An unknown room is empty.</param>
    /// <param name="first">Asks for the first viewers too: by joining or by heartbeat, without filter and place.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">An order, filter or place that is not read at one moment.</exception>
    ValueTask<RoomSnapshot> ReadRoomAsync(string roomId, ViewerQuery? first = null, CancellationToken cancellationToken = default);

    /// <summary>Lists viewers of a room: a page and the room's count, of one moment.</summary>
    /// <remarks><para><b>Guarantee.</b> Paging with the cursors never skips or repeats a viewer who is present throughout (rule 2), over a restart too.</para></remarks>
    /// <exception cref="ArgumentException">A cursor with an order by heartbeat, or a number to skip where places have none.</exception>
    ValueTask<ViewerPage> ReadViewersAsync(string roomId, ViewerQuery query, CancellationToken cancellationToken = default);

    /// <summary>Those of a list who are present in a room, in its order, and the sessions of one of them.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userIds">At most <see cref="PresenceLimits.Page"/>.</param>
    /// <param name="open">Whose sessions are wanted; null for nobody's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<NamedViewers> ReadNamedViewersAsync(string roomId, IReadOnlyList<string> userIds, string? open = null, CancellationToken cancellationToken = default);

    /// <summary>Every viewer that matches, in the order asked for, as at this moment: for a list that stands still while the room does not.</summary>
    /// <param name="roomId">The room. An unknown room is empty.</param>
    /// <param name="query">Order and filters; its limit and places are not looked at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IViewerOrder> OrderViewersAsync(string roomId, ViewerQuery query, CancellationToken cancellationToken = default);

    /// <summary>Rooms as lists show them, in the order asked for; each of one moment. Unknown ones are empty.</summary>
    ValueTask<IReadOnlyList<RoomGlance>> ReadRoomRowsAsync(IReadOnlyList<string> roomIds, CancellationToken cancellationToken = default);

    /// <summary>Lists rooms.</summary>
    /// <exception cref="ArgumentException">A cursor with an order other than by count and by name.</exception>
    ValueTask<RoomPage> ListRoomsAsync(RoomQuery query, CancellationToken cancellationToken = default);

    /// <summary>The ids of rooms, in order: for a reader who then asks for those on screen alone.</summary>
    /// <param name="query">Which, in what order, how many. Ids, prefix and cursor are for <see cref="ListRoomsAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<string>> RankRoomsAsync(RoomQuery query, CancellationToken cancellationToken = default);

    /// <summary>The count of every room in memory, for whoever judges them all.</summary>
    /// <remarks><b>Cost.</b> A glance at every room, without its lock.</remarks>
    ValueTask<PresenceFigures> ReadFiguresAsync(CancellationToken cancellationToken = default);

    /// <summary>How the network is, and what else the query asks for.</summary>
    ValueTask<NetworkReading> ReadNetworkAsync(NetworkQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Finds people and rooms of the whole network by what they are called. Each number is of its own moment.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    ValueTask<NetworkFindings> SearchAsync(NetworkSearch search, CancellationToken cancellationToken = default);

    /// <summary>One user, wherever it is present.</summary>
    ValueTask<ViewerReading> ReadViewerAsync(string userId, CancellationToken cancellationToken = default);

    /// <summary>How users are shown, in the order asked for; null where nothing is known.</summary>
    ValueTask<IReadOnlyList<UserProfile?>> ReadProfilesAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken = default);

    /// <summary>Lists users online who did not opt out.</summary>
    ValueTask<OnlineRoster> ReadOnlineAsync(OnlineQuery query, CancellationToken cancellationToken = default);

    /// <summary>The users of a list who are online, in its order; those who opted out are marked.</summary>
    ValueTask<IReadOnlyList<OnlineUser>> ReadOnlineAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken = default);

    /// <summary>The online members of these channels, in their order.</summary>
    /// <param name="channelIds">The channels.</param>
    /// <param name="askingUserId">The asking user, who isn't counted. Null counts all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<ChannelPresence>> ReadChannelsAsync(IReadOnlyList<string> channelIds, string? askingUserId, CancellationToken cancellationToken = default);

    /// <summary>Signals when a room's visible state, or the settings, changed. A refresh alone changes nothing visible.</summary>
    /// <param name="roomId">The room; it need not exist yet.</param>
    DirtyWatch WatchRoom(string roomId);

    /// <summary>Signals when any room's visible state or the settings changed.</summary>
    DirtyWatch WatchNetwork();

    /// <summary>Every change of one room from now on.</summary>
    /// <param name="roomId">The room; it need not exist yet.</param>
    /// <param name="capacity">Changes queued for a slow reader before it gets a gap. At least 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks><para><b>Guarantee.</b> See <see cref="ChangeSubscription"/>. Read the state after subscribing and skip changes up to its <see cref="RoomCount.Sequence"/>: no hole, no doubles.</para></remarks>
    ValueTask<ChangeSubscription> SubscribeAsync(string roomId, int capacity, CancellationToken cancellationToken = default);
}

/// <summary>What is in force at one moment.</summary>
/// <param name="Settings">The network's settings.</param>
/// <param name="Limits">The caps.</param>
/// <param name="CatalogueVersion">Rises with every change of a room's definition or of the rules by prefix, after it.</param>
/// <param name="IsWarming">From a restart until one heartbeat interval has passed: counts can include viewers who have left.</param>
public readonly record struct PresenceState(PresenceSettings Settings, PresenceLimits Limits, int CatalogueVersion, bool IsWarming);

/// <summary>What is in force in one room at one moment.</summary>
/// <param name="Definition">What the catalogue says of it; <see cref="RoomDefinition.Unknown"/> when nothing.</param>
/// <param name="Effective">The settings in force in it, and where each value comes from.</param>
/// <param name="Prefixes">What rules by prefix say for it.</param>
public readonly record struct RoomState(RoomDefinition Definition, EffectiveSettings Effective, PrefixOverrides Prefixes);

/// <summary>Viewers asked for by name, as of one moment.</summary>
/// <param name="Viewers">Those who are present, in the order asked for.</param>
/// <param name="Sessions">The sessions of the one asked for, the latest heartbeat first; none when it is not there.</param>
public sealed record NamedViewers(IReadOnlyList<Viewer> Viewers, IReadOnlyList<ViewerSession> Sessions);

/// <summary>Viewers in an order that stands still. It stays where the room is, which may hold millions of them.</summary>
public interface IViewerOrder
{
    /// <summary>The whole room at the moment of the order.</summary>
    RoomCount Count { get; }

    /// <summary>How many viewers the order has.</summary>
    int Length { get; }

    /// <summary>The viewers at these places, by id; as many as there are.</summary>
    ValueTask<IReadOnlyList<string>> ReadAsync(int start, int count, CancellationToken cancellationToken = default);

    /// <summary>The first and the last place that any of these viewers has; (-1, -1) when none has one.</summary>
    ValueTask<(int First, int Last)> FindAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken = default);
}

/// <summary>What is asked of the network besides its counts.</summary>
public sealed record NetworkQuery
{
    /// <summary>Nothing besides.</summary>
    public static readonly NetworkQuery Counts = new();

    /// <summary>The history of so fine steps; null for none.</summary>
    public HistoryRange? Range { get; init; }

    /// <summary>The history from the step this instant falls into.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>The minute with the most viewers since this instant, of the last 25 hours; null for none.</summary>
    public DateTimeOffset? PeakSince { get; init; }

    /// <summary>How many sessions answer to this version of the settings, and how many never say; null for neither. A look at every session.</summary>
    public int? AnsweringTo { get; init; }

    /// <summary>So many names of devices at most, in the order of letters.</summary>
    public int Devices { get; init; }
}

/// <summary>How the network is at one moment.</summary>
public sealed record NetworkReading
{
    /// <summary>How many are present.</summary>
    public required NetworkCount Count { get; init; }

    /// <summary>How many are online, those who opted out included.</summary>
    public required OnlineCount Online { get; init; }

    /// <summary>How it moves.</summary>
    public required NetworkActivity Activity { get; init; }

    /// <summary>Rooms in memory, including empty ones: what a list of rooms looks at.</summary>
    public required int KnownRooms { get; init; }

    /// <summary>What a search of the network looks at.</summary>
    public required int Searched { get; init; }

    /// <summary>How many asked not to be listed as online.</summary>
    public required int OptOuts { get; init; }

    /// <summary>The history asked for, oldest first; steps in which the server did not run are left out.</summary>
    public IReadOnlyList<HistorySample> History { get; init; } = [];

    /// <summary>The highest minute, the first of equals; null when none was recorded or asked for.</summary>
    public HistorySample? Peak { get; init; }

    /// <summary>Sessions that said, with their last heartbeat, that they answer to the version asked for.</summary>
    public int Answering { get; init; }

    /// <summary>Sessions that never said which settings they know.</summary>
    public int Silent { get; init; }

    /// <summary>Names of devices that sessions said since the server started.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];
}

/// <summary>One user, wherever it is present; each place of its own moment.</summary>
public sealed record ViewerReading
{
    /// <summary>Name and picture; null where nothing is known.</summary>
    public UserProfile? Profile { get; init; }

    /// <summary>The rooms it is in, the longest stay first.</summary>
    public required IReadOnlyList<ViewerPlace> Places { get; init; }

    /// <summary>Its latest network heartbeat; null when it is not online, or asked not to be listed.</summary>
    public DateTimeOffset? OnlineAt { get; init; }

    /// <summary>What keeps it out now.</summary>
    public required IReadOnlyList<Removal> Removals { get; init; }

    /// <summary>The moment of all this: the last sweep.</summary>
    public required DateTimeOffset At { get; init; }
}
