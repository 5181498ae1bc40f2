using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Presence.Engine.Rooms;

namespace Presence.Engine.Users;

/// <summary>
/// Every user present in at least one room, in how many, and how it is shown. Bounded by the cap on sessions.
/// Touched when a viewer joins or leaves a room, never by a refresh.
/// </summary>
/// <remarks><b>Threads.</b> Any. Takes one of 64 locks for a look-up; taken inside a room's lock, never around one.</remarks>
internal sealed class PresentUsers(OriginShares origins, KnownProfiles profiles)
{
    /// <summary>The parts that have a lock each.</summary>
    public const int Stripes = 64;

    /// <summary>A crowd smaller than this gives back nothing worth the copying.</summary>
    private const int SmallestShrunk = 1024;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new Stripe())];
    private int _count;
    private int _guests;

    /// <summary>Whose shares the users' sessions count in.</summary>
    public OriginShares Origins => origins;

    /// <summary>Distinct users present anywhere.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Those of them without an account.</summary>
    public int Guests => Volatile.Read(ref _guests);

    /// <summary>Counts one more room for a user, with the session that enters it; anything but accepted has changed nothing.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="hash">Of the user's id.</param>
    /// <param name="heartbeat">What is known of the user: guest, profile, origin.</param>
    /// <param name="mostRooms">How many rooms one user may be in.</param>
    /// <param name="isFirst">The room is empty, so it counts in the user's share.</param>
    /// <param name="origin">In whose share the user counts.</param>
    public HeartbeatOutcome TryEnter(string userId, int hash, in Heartbeat heartbeat, int mostRooms, bool isFirst, out int origin)
    {
        var stripe = StripeOf(hash);
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrAddDefault(stripe.Users, userId, out var known);
            origin = user.Origin;
            if (user.Rooms >= mostRooms)
                return HeartbeatOutcome.RoomsPerUserLimit;
            var admission = Admit(known, ref origin, heartbeat.Origin, isFirst);
            if (admission != HeartbeatOutcome.Accepted)
            {
                if (!known)
                    stripe.Users.Remove(userId);
                return admission;
            }
            if (!known)
            {
                (user.IsGuest, user.Origin) = (heartbeat.IsGuest, origin);
                Interlocked.Increment(ref _count);
                if (heartbeat.IsGuest)
                    Interlocked.Increment(ref _guests);
            }
            user.Rooms++;
            var before = user.Profile;
            var shown = UserProfile.Over(heartbeat.Profile, known ? before : profiles.Find(userId));
            if (shown != before)
                user.Show(shown);
            return HeartbeatOutcome.Accepted;
        }
    }

    /// <summary>Counts one more session of a present user in its origin's share.</summary>
    public HeartbeatOutcome TryAddSession(string userId, int hash) =>
        origins.TryAddSession(OriginOf(userId, hash)) ? HeartbeatOutcome.Accepted : HeartbeatOutcome.SessionShare;

    /// <summary>Counts one session less of a user who stays.</summary>
    public void RemoveSession(string userId, int hash) => origins.RemoveSession(OriginOf(userId, hash));

    /// <summary>Counts one room less for a user, and says how it is shown.</summary>
    public UserProfile? Exit(string userId, int hash)
    {
        var stripe = StripeOf(hash);
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Users, userId);
            var profile = user.Profile;
            origins.RemoveSession(user.Origin);
            if (--user.Rooms > 0)
                return profile;
            if (user.IsGuest)
                Interlocked.Decrement(ref _guests);
            user.Show(null);
            stripe.Users.Remove(userId);
            if (stripe.Users.Count == 0 && stripe.Users.Capacity >= SmallestShrunk)
                stripe.Users.TrimExcess();
            Interlocked.Decrement(ref _count);
            return profile;
        }
    }

    /// <summary>How a user is shown, present or not; null when nothing is known.</summary>
    public UserProfile? ProfileOf(string userId)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
        {
            if (stripe.Users.TryGetValue(userId, out var user))
                return user.Profile;
        }
        return profiles.Find(userId);
    }

    /// <summary>A user's name, cached for the next read. An absent user is called by its id, and that isn't cached.</summary>
    public UserName NameOf(string userId)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Users, userId);
            if (!Unsafe.IsNullRef(ref user) && user.Shown is UserName known)
                return known;
            var name = new UserName(Unsafe.IsNullRef(ref user) ? null : user.Profile, userId);
            if (Unsafe.IsNullRef(ref user))
            {
                name.Replace();
                return name;
            }
            user.Shown = name;
            return name;
        }
    }

    /// <summary>Copies a 64th of all users, in no order: some 10 us at 50,000, under one hold of the stripe's lock.</summary>
    public void CopyStripe(int number, List<PresentRow> rows)
    {
        var stripe = _stripes[number];
        lock (stripe.Lock)
        {
            rows.EnsureCapacity(stripe.Users.Count);
            foreach (var (userId, user) in stripe.Users)
                rows.Add(new PresentRow(userId, user.Shown, user.IsGuest, user.Rooms));
        }
    }

    /// <summary>How well name or id of a user fit what <see cref="Letters.Fold"/> made of a search.</summary>
    /// <remarks>A name of ASCII alone is compared as it is. What others fold to is kept (<see cref="NameOf"/>): folding costs more than looking.</remarks>
    public int RankOf(in PresentRow row, string folded, out string name)
    {
        var known = row.Shown as UserName;
        name = known?.Text ?? VisibleText.NameOf((row.Shown as UserProfile)?.DisplayName) ?? row.UserId;
        if (known is null && !(Ascii.IsValid(name) && Ascii.IsValid(row.UserId)))
            known = NameOf(row.UserId);
        if (known is not null)
            return known.RankOf(folded);
        var rank = SearchRank.Of(name, folded, StringComparison.OrdinalIgnoreCase);
        return ReferenceEquals(name, row.UserId) ? rank : Math.Min(rank, SearchRank.Of(row.UserId, folded, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>How many rooms a user is present in.</summary>
    public int RoomsOf(string userId)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
            return stripe.Users.TryGetValue(userId, out var user) ? user.Rooms : 0;
    }

    /// <summary>Shows a present user as the store says; false when it is not present, or shown so already, or as something later says.</summary>
    public bool TryUpdate(string userId, UserProfile profile)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Users, userId);
            if (Unsafe.IsNullRef(ref user) || user.Profile is { } shown && shown.SaidAt > profile.SaidAt)
                return false;
            var isNew = user.Profile?.DisplayName != profile.DisplayName || user.Profile?.AvatarUrl != profile.AvatarUrl;
            if (user.Profile != profile)
                user.Show(profile);
            return isNew;
        }
    }

    /// <summary>Gives back what a crowd that has gone left unused. A stripe is copied in its lock: some ten thousand users at the most.</summary>
    public void Shrink()
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe.Lock)
            {
                if (stripe.Users.Capacity >= SmallestShrunk && stripe.Users.Count < stripe.Users.Capacity / 4)
                    stripe.Users.TrimExcess(2 * stripe.Users.Count);
            }
        }
    }

    private HeartbeatOutcome Admit(bool isKnown, ref int origin, ViewerOrigin from, bool isFirst)
    {
        if (!isKnown)
        {
            if (origins.TryAddSession(from) is not { } number)
                return HeartbeatOutcome.SessionShare;
            origin = number;
        }
        else if (!origins.TryAddSession(origin))
        {
            return HeartbeatOutcome.SessionShare;
        }
        if (!isFirst || origins.TryAddRoom(origin))
            return HeartbeatOutcome.Accepted;
        origins.RemoveSession(origin);
        return HeartbeatOutcome.RoomShare;
    }

    /// <summary>The number of the origin a present user counts in.</summary>
    public int OriginOf(string userId, int hash)
    {
        var stripe = StripeOf(hash);
        lock (stripe.Lock)
            return stripe.Users.TryGetValue(userId, out var user) ? user.Origin : OriginShares.NoShare;
    }

    private Stripe StripeOf(int hash) => _stripes[hash & (Stripes - 1)];

    private sealed class Stripe
    {
        public readonly Lock Lock = new();
        public readonly Dictionary<string, PresentUser> Users = new(PresenceComparers.UserId);
    }

    private struct PresentUser
    {
        /// <summary>Nothing, a <see cref="UserProfile"/>, or, after the first search by name, the <see cref="UserName"/> that has it.</summary>
        public object? Shown;
        public int Origin;
        public ushort Rooms; // at most 10,000
        public bool IsGuest;

        public void Show(UserProfile? profile)
        {
            (Shown as UserName)?.Replace();
            Shown = profile;
        }

        public readonly UserProfile? Profile => Shown as UserProfile ?? (Shown as UserName)?.Profile;
    }
}

/// <summary>What a user is called in lists: the display name as it is shown, or the id where nothing of it shows.</summary>
/// <remarks><b>Bound.</b> One a present user, of those in a room that was searched or put in order by name, and of those a search of the network met whose name is not ASCII alone.</remarks>
internal sealed class UserName(UserProfile? profile, string userId) : ListedName(VisibleText.NameOf(profile?.DisplayName) ?? userId)
{
    private readonly string _userId = userId;
    private volatile bool _isReplaced;

    /// <summary>How the user is shown beyond its name; null when nothing is known.</summary>
    public UserProfile? Profile { get; } = profile;

    private string FoldedId => field ??= ReferenceEquals(Text, _userId) ? Folded : Letters.Fold(_userId);

    /// <summary>Whether this is what a user is called now: it is the user's, and no other was put in its place.</summary>
    public bool Holds(string userId) => !_isReplaced && PresenceComparers.UserId.Equals(_userId, userId);

    /// <summary>The user's name changed, or the user left.</summary>
    public void Replace() => _isReplaced = true;

    /// <summary>Whether name or id contain what <see cref="Letters.Fold"/> made of a search.</summary>
    public bool Contains(string foldedSearch) =>
        Folded.Contains(foldedSearch, StringComparison.Ordinal) || FoldedId.Contains(foldedSearch, StringComparison.Ordinal);

    /// <summary>How well the better of name and id fits what <see cref="Letters.Fold"/> made of a search.</summary>
    public int RankOf(string foldedSearch) =>
        Math.Min(SearchRank.Of(Folded, foldedSearch, StringComparison.Ordinal), SearchRank.Of(FoldedId, foldedSearch, StringComparison.Ordinal));
}
