using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Engine.Users;

/// <summary>
/// Every user present in at least one room, in how many, and how it is shown. Bounded by the cap on sessions.
/// Touched when a viewer joins or leaves a room, never by a refresh.
/// </summary>
/// <remarks><b>Threads.</b> Any. Takes one of 64 locks for a look-up; taken inside a room's lock, never around one.</remarks>
internal sealed class PresentUsers
{
    private const int Stripes = 64;
    private readonly Stripe[] _stripes = new Stripe[Stripes];
    private int _count;
    private int _guests;

    public PresentUsers()
    {
        for (var i = 0; i < Stripes; i++)
            _stripes[i] = new Stripe();
    }

    /// <summary>Distinct users present anywhere.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Those of them without an account.</summary>
    public int Guests => Volatile.Read(ref _guests);

    /// <summary>Counts one more room for a user; false (and nothing changed) when it is in <paramref name="mostRooms"/> already.</summary>
    public bool TryEnter(string userId, int hash, bool isGuest, UserProfile? profile, int mostRooms)
    {
        var stripe = StripeOf(hash);
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrAddDefault(stripe.Users, userId, out var known);
            if (user.Rooms >= mostRooms)
                return false;
            if (!known)
            {
                user.IsGuest = isGuest;
                Interlocked.Increment(ref _count);
                if (isGuest)
                    Interlocked.Increment(ref _guests);
            }
            user.Rooms++;
            if (profile is not null && profile != user.Profile)
                user.Shown = profile;
            return true;
        }
    }

    /// <summary>Counts one room less for a user, and says how it is shown.</summary>
    public UserProfile? Exit(string userId, int hash)
    {
        var stripe = StripeOf(hash);
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Users, userId);
            var profile = user.Profile;
            if (--user.Rooms > 0)
                return profile;
            if (user.IsGuest)
                Interlocked.Decrement(ref _guests);
            stripe.Users.Remove(userId);
            Interlocked.Decrement(ref _count);
            return profile;
        }
    }

    /// <summary>How a user is shown; null when it is not present or has no profile.</summary>
    public UserProfile? ProfileOf(string userId)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
            return stripe.Users.TryGetValue(userId, out var user) ? user.Profile : null;
    }

    /// <summary>What a user is called, kept for the next who asks; an absent one is called by its id.</summary>
    public UserName NameOf(string userId)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Users, userId);
            if (Unsafe.IsNullRef(ref user))
                return new UserName(null, userId);
            if (user.Shown is UserName known)
                return known;
            var name = new UserName(user.Profile, userId);
            user.Shown = name;
            return name;
        }
    }

    /// <summary>How many rooms a user is present in.</summary>
    public int RoomsOf(string userId)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
            return stripe.Users.TryGetValue(userId, out var user) ? user.Rooms : 0;
    }

    /// <summary>Shows a present user differently from now on; false when it is not present.</summary>
    public bool TryUpdate(string userId, UserProfile profile)
    {
        var stripe = StripeOf(PresenceComparers.UserId.GetHashCode(userId));
        lock (stripe.Lock)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Users, userId);
            if (Unsafe.IsNullRef(ref user))
                return false;
            user.Shown = profile;
            return true;
        }
    }

    private Stripe StripeOf(int hash) => _stripes[hash & (Stripes - 1)];

    private sealed class Stripe
    {
        public readonly Lock Lock = new();
        public readonly Dictionary<string, PresentUser> Users = new(PresenceComparers.UserId);
    }

    private struct PresentUser
    {
        /// <summary>Nothing, a <see cref="UserProfile"/>, or, once somebody looked for names, the <see cref="UserName"/> that has it.</summary>
        public object? Shown;
        public int Rooms;
        public bool IsGuest;

        public readonly UserProfile? Profile => Shown as UserProfile ?? (Shown as UserName)?.Profile;
    }
}
