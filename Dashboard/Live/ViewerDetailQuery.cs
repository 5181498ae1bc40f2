using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>Reads one user for one circuit: everywhere it is, and what keeps it out. Reading never counts (rule 8).</summary>
internal sealed class ViewerDetailQuery(IPresence presence, UserStore users, RemovalStore removals, IHistory history, NoteModeration notes, ModeratorGuard guard, TimeProvider time, PageReads? reads = null)
{
    /// <summary>Finding a user's rooms is a look into every room.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>The backend's data about a user is in the database, which doesn't signal changes.</summary>
    private static readonly TimeSpan StoredPace = TimeSpan.FromSeconds(15);

    /// <summary>Visits on a page.</summary>
    public const int Visits = 20;

    /// <summary>Rooms of which earlier visits are read.</summary>
    private const int MostRegular = 20;

    /// <summary>Past bans on a page.</summary>
    public const int PastBans = 10;

    /// <summary>A visit that ended is stored within a second.</summary>
    private static readonly TimeSpan StoringLag = TimeSpan.FromSeconds(2);

    private ViewerPast _past = new(null, [], null);
    private IReadOnlyList<string> _rooms = [];
    private DateTimeOffset _pastDue;
    private string? _userId;
    private User? _user;
    private ViewerDetailViewModel? _reading;
    private long _readAt;
    private long _storedAt;
    private IReadOnlyList<Removal> _inForce = [];
    private IReadOnlyList<RemovalEntry> _entries = [];
    private IReadOnlyList<RemovalEntry> _pastBans = [];

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<ViewerDetailViewModel> ReadAsync(string userId)
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        if (!PresenceComparers.UserId.Equals(userId, _userId))
        {
            (_user, _storedAt) = (await users.FindAsync(userId, CancellationToken.None), time.GetTimestamp());
            (_userId, _reading, _inForce, _entries, _pastDue) = (userId, null, [], [], default);
        }
        if (_reading is not null && time.GetElapsedTime(_readAt) < Pace)
            return _reading;

        if (reads is not null)
            await reads.WaitAsync(moderator.AccountId, (await presence.ReadNetworkAsync()).KnownRooms); // the query looks into each of them
        _readAt = time.GetTimestamp();
        return _reading = await ReadNowAsync(userId, moderator.Access);
    }

    /// <summary>The next read is made at once: the moderator changed something.</summary>
    public void Reset() => (_reading, _storedAt, _pastDue) = (null, 0, default);

    private async Task<ViewerDetailViewModel> ReadNowAsync(string userId, ModeratorAccess access)
    {
        if (time.GetElapsedTime(_storedAt) >= StoredPace)
            (_user, _storedAt) = (await users.FindAsync(userId, CancellationToken.None), time.GetTimestamp());
        var reading = await presence.ReadViewerAsync(userId);
        var rooms = access.RoomsOf(ModeratorRole.Observer);
        // Of who has some rooms alone, a viewer is known by these rooms. What keeps it out of the network keeps it out of them.
        var places = rooms is null ? reading.Places : [.. reading.Places.Where(place => rooms.Contains(place.Room.RoomId))];
        await ReadRemovalsAsync(userId, rooms is null ? reading.Removals : [.. reading.Removals.Where(removal => removal.RoomId is not { } roomId || rooms.Contains(roomId))]);
        await ReadPastAsync(userId, [.. places.Select(place => place.Room.RoomId)], rooms);
        if (rooms is not null && places.Count == 0 && _past.Visits.Count == 0 && _pastBans.Count == 0 && !_entries.Any(entry => entry.Removal.RoomId is not null))
            return new ViewerDetailViewModel(userId, null, IsGuest: false, IsKnown: false, [], null, null, [], reading.At, presence.Current.IsWarming, presence.Current.Settings.Enabled, access);
        return new ViewerDetailViewModel(
            userId,
            reading.Profile ?? _user?.Profile,
            places.Count > 0 ? places[0].Viewer.IsGuest : _user?.IsGuest == true,
            _user is not null || places.Count > 0 || reading.OnlineAt is not null || _past.Person is not null,
            places,
            rooms is null ? reading.OnlineAt : null,
            _user,
            _entries,
            reading.At,
            presence.Current.IsWarming,
            presence.Current.Settings.Enabled,
            access)
        {
            Past = _past,
            Notes = access.Holds(ModeratorRole.Moderator, roomId: null) ? await notes.OfAsync(userId) : [],
            PastBans = _pastBans,
        };
    }

    /// <summary>What is kept of the user: now and then, and soon after it came to a room or left one.</summary>
    private async Task ReadPastAsync(string userId, IReadOnlyList<string> places, RoomSet? within)
    {
        var now = time.GetUtcNow();
        if (!places.SequenceEqual(_rooms, PresenceComparers.RoomId))
            (_rooms, _pastDue) = (places, _pastDue < now + StoringLag ? _pastDue : now + StoringLag);
        if (now < _pastDue)
            return;
        _pastDue = now + StoredPace;
        var (visits, next) = await history.ReadVisitsAsync(userId, take: Visits, within: within);
        _pastBans = await removals.ListAsync(new BanQuery { UserId = userId, State = BanState.Past, Within = within }, PastBans, CancellationToken.None);
        var regulars = new Dictionary<string, RoomRegulars>(PresenceComparers.RoomId);
        foreach (var roomId in places.Take(MostRegular))
            regulars[roomId] = await history.ReadRegularsAsync(roomId, [userId]);
        _past = new ViewerPast(within is null ? await history.ReadPersonAsync(userId) : null, visits, next) { Regulars = regulars };
    }

    /// <summary>The engine knows the bans in force. The store knows who decided them, and is read when something changed.</summary>
    private async Task ReadRemovalsAsync(string userId, IReadOnlyList<Removal> inForce)
    {
        if (inForce.SequenceEqual(_inForce))
            return;
        var entries = new List<RemovalEntry>();
        foreach (var removal in inForce)
        {
            if (await removals.FindAsync(userId, removal.RoomId, CancellationToken.None) is { } entry)
                entries.Add(entry);
        }
        (_inForce, _entries) = (inForce, entries);
    }
}

/// <summary>What a viewer's page shows, read at one moment.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Profile">Name and picture; null where nothing is known.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="IsKnown">Whether this server ever saw the user.</param>
/// <param name="Places">Where it is, the longest there first.</param>
/// <param name="OnlineAt">Its latest network heartbeat; null when it is not online, or asked not to be listed.</param>
/// <param name="Stored">What the database has of it, the app's metadata among it; null for one that never signed in here.</param>
/// <param name="Removals">What keeps it out, and who decided it.</param>
/// <param name="At">The moment of all this.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
/// <param name="Access">What this moderator may do.</param>
public sealed record ViewerDetailViewModel(
    string UserId,
    UserProfile? Profile,
    bool IsGuest,
    bool IsKnown,
    IReadOnlyList<ViewerPlace> Places,
    DateTimeOffset? OnlineAt,
    User? Stored,
    IReadOnlyList<RemovalEntry> Removals,
    DateTimeOffset At,
    bool IsWarming,
    bool IsEnabled,
    ModeratorAccess Access)
{
    /// <summary>What is kept of its visits.</summary>
    public ViewerPast Past { get; init; } = new(null, [], null);

    /// <summary>Bans that ended, the latest first.</summary>
    public IReadOnlyList<RemovalEntry> PastBans { get; init; } = [];

    /// <summary>Moderators' notes on it, and whether this one may change each; none for who may not act.</summary>
    public IReadOnlyList<(ViewerNote Note, bool MayChange)> Notes { get; init; } = [];

    /// <summary>Whether this moderator may remove it from a room and lift that, or with null the same of the network.</summary>
    public bool MayActIn(string? roomId) => Access.Holds(ModeratorRole.Moderator, roomId);

    /// <summary>Whether this moderator may erase it.</summary>
    public bool MayErase => Access.Holds(ModeratorRole.Admin, roomId: null);
}

/// <summary>What is kept of a viewer's visits.</summary>
/// <param name="Person">In all; null for nothing, and for who may not see all rooms.</param>
/// <param name="Visits">The latest that ended, the latest first.</param>
/// <param name="Next">Where older ones begin; null for none.</param>
public sealed record ViewerPast(PersonSummary? Person, IReadOnlyList<Visit> Visits, string? Next)
{
    /// <summary>Whether nothing is kept: never here, or erased.</summary>
    public bool IsNothing => Person is null && Visits.Count == 0;

    /// <summary>Whether the viewer was before in each room where it is now.</summary>
    public IReadOnlyDictionary<string, RoomRegulars> Regulars { get; init; } = new Dictionary<string, RoomRegulars>();
}

/// <summary>Hands out what is kept of a person, and erases it; the role is checked here, whatever the page shows.</summary>
internal sealed class PersonAdministration(PersonData people, ModeratorGuard guard, ILogger<PersonAdministration> logger)
{
    /// <summary>Erases who it was. What was counted stays.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was erased.</exception>
    public async Task<ErasedPerson> EraseAsync(string userId, CancellationToken cancellationToken)
    {
        var admin = await guard.RequireAsync(ModeratorRole.Admin);
        var erased = await people.EraseAsync(userId, bansToo: false, admin.Actor, cancellationToken);
        logger.LogInformation("{Admin} erased a person with {Visits} visits.", admin.Email, erased.Visits); // not who
        return erased;
    }
}
