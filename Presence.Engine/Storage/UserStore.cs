using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Users;

namespace Presence.Engine.Storage;

/// <summary>The users and guests that have signed in.</summary>
/// <param name="database">Where they are kept.</param>
/// <param name="most">How many there may be.</param>
/// <remarks><b>Bound.</b> <paramref name="most"/> rows. Unused ones are pruned.</remarks>
public sealed class UserStore(PresenceDatabase database, int most = UserStore.DefaultMost)
{
    /// <summary>How many users there may be unless said otherwise.</summary>
    public const int DefaultMost = 1_000_000;

    /// <summary>The most ids one <see cref="FindAsync(IReadOnlyList{string}, CancellationToken)"/> looks up.</summary>
    public const int LargestLookUp = 300;

    /// <summary>Notes a sign-in: makes an unknown user, and stores what is new about a known one.</summary>
    /// <param name="userId">The id, already validated.</param>
    /// <param name="displayName">The name to show from now on; null keeps the one there is.</param>
    /// <param name="isGuest">Without an account; counts when the user is made.</param>
    /// <param name="vouched">The app's backend verified this sign-in. A later sign-in never undoes it.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The user as stored.</returns>
    /// <exception cref="StoreFullException">The user is new and the cap is reached. Nothing was stored.</exception>
    /// <remarks><b>Cost.</b> One look-up; a write only when something is new, and once a day. Durable when it returns.</remarks>
    public async Task<User> SignInAsync(string userId, string? displayName, bool isGuest, bool vouched, CancellationToken cancellationToken) =>
        (await SignInAsync(userId, displayName, isGuest, vouched, needsProof: false, cancellationToken))!;

    /// <summary>Notes a sign-in that proves nothing, unless the app's backend vouched for the user before: looked at and stored in one step.</summary>
    /// <param name="userId">The id, already validated.</param>
    /// <param name="displayName">The name to show from now on; null keeps the one there is.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The user as stored; null when it was vouched for, and nothing was stored.</returns>
    /// <remarks><b>Cost.</b> As a sign-in. Durable when it returns.</remarks>
    public Task<User?> SignInUnverifiedAsync(string userId, string? displayName, CancellationToken cancellationToken) =>
        SignInAsync(userId, displayName, isGuest: false, vouched: false, needsProof: true, cancellationToken);

    private async Task<User?> SignInAsync(string userId, string? displayName, bool isGuest, bool vouched, bool needsProof, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        if (await context.Users.AsNoTracking().FirstOrDefaultAsync(u => u.UserId == userId, cancellationToken) is { } known)
        {
            if (needsProof && known.IsVouched)
                return null;
            if (!IsNews(known, displayName, vouched) && !IsLongSeen(known))
                return ToUser(known);
        }

        // Read again inside the transaction. Two first sign-ins of one user can both get here, and the user can be verified in between.
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var now = database.Now();
        var user = await context.Users.FirstOrDefaultAsync(u => u.UserId == userId, cancellationToken);
        if (needsProof && user is { IsVouched: true })
            return null;
        if (user is null)
        {
            await MakeRoomAsync(context, 1, cancellationToken);
            user = new UserRecord { UserId = userId, InternalId = NewId(), PublicId = NewId(), DisplayName = displayName, ProfileSaidAt = displayName is null ? null : now, IsGuest = isGuest, IsVouched = vouched, CreatedAt = now, UpdatedAt = now };
            context.Add(user);
        }
        else if (IsNews(user, displayName, vouched))
        {
            if (displayName is not null)
                Say(user, displayName, user.AvatarUrl, now);
            user.IsVouched |= vouched;
            user.UpdatedAt = now;
            user.Version++;
        }
        user.SeenAt = now;
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ToUser(user);
    }

    /// <summary>Says how a user is shown and what the app keeps with it, instead of what was said before; makes an unknown user. The user is vouched for from then on.</summary>
    /// <param name="userId">The id, already validated.</param>
    /// <param name="change">Name, picture and metadata, already validated.</param>
    /// <param name="expectedVersion">The version the change was decided on, 0 for a user not known yet; null to overwrite whatever is there.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The user as stored; what changes nothing keeps its version.</returns>
    /// <exception cref="UserConflictException">Decided on a version that is no longer there. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The user is new and the cap is reached. Nothing was stored.</exception>
    /// <remarks><b>Guarantee.</b> Durable when it returns.</remarks>
    public async Task<User> ChangeAsync(string userId, UserChange change, int? expectedVersion, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var user = await context.Users.FirstOrDefaultAsync(u => u.UserId == userId, cancellationToken);
        if (expectedVersion is { } expected && expected != (user?.Version ?? 0))
            throw new UserConflictException(user is null ? null : ToUser(user));

        var now = database.Now();
        if (user is null)
        {
            await MakeRoomAsync(context, 1, cancellationToken);
            user = new UserRecord { UserId = userId, InternalId = NewId(), PublicId = NewId(), MetadataJson = change.MetadataJson, IsVouched = true, CreatedAt = now, UpdatedAt = now };
            context.Add(user);
        }
        else if (change != new UserChange(user.DisplayName, user.AvatarUrl, user.MetadataJson) || !user.IsVouched)
        {
            user.MetadataJson = change.MetadataJson;
            user.IsVouched = true;
            user.UpdatedAt = now;
            user.Version++;
        }
        if (change is not { DisplayName: null, AvatarUrl: null } || user is not { DisplayName: null, AvatarUrl: null })
            Say(user, change.DisplayName, change.AvatarUrl, now); // also for an unchanged profile, so that an earlier one can't replace it
        (user.IsKept, user.SeenAt) = (true, now);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ToUser(user);
    }

    /// <summary>Looks users up by id.</summary>
    /// <param name="userIds">At most 300.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>In the order asked for; an unknown id is left out, one asked for twice appears twice.</returns>
    public async Task<IReadOnlyList<User>> FindAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        if (userIds.Count > LargestLookUp)
            throw new ArgumentException($"At most {LargestLookUp} ids; there are {userIds.Count}.", nameof(userIds));

        await using var context = database.CreateDbContext();
        var found = await context.Users.AsNoTracking().Where(u => userIds.Contains(u.UserId)).ToDictionaryAsync(u => u.UserId, PresenceComparers.UserId, cancellationToken);
        return [.. userIds.Where(found.ContainsKey).Select(id => ToUser(found[id]))];
    }

    /// <summary>Looks one user up; null when unknown.</summary>
    public async Task<User?> FindAsync(string userId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.Users.AsNoTracking().FirstOrDefaultAsync(u => u.UserId == userId, cancellationToken) is { } user ? ToUser(user) : null;
    }

    private static bool IsNews(UserRecord user, string? displayName, bool vouched) =>
        (displayName is not null && displayName != user.DisplayName) || (vouched && !user.IsVouched);

    /// <summary>Each instant is later than the one before, whatever the clock does: who read the user last knows it by that.</summary>
    private static void Say(UserRecord user, string? displayName, string? avatarUrl, DateTimeOffset now)
    {
        (user.DisplayName, user.AvatarUrl) = (displayName, avatarUrl);
        user.ProfileSaidAt = user.ProfileSaidAt is { } before && before >= now ? before.AddMilliseconds(1) : now;
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    private static User ToUser(UserRecord user) => new(
        user.UserId, user.InternalId, user.PublicId, user.DisplayName, user.AvatarUrl, user.MetadataJson, user.IsGuest, user.IsVouched, user.CreatedAt, user.UpdatedAt)
    {
        Version = user.Version,
        ProfileSaidAt = user.ProfileSaidAt.GetValueOrDefault(),
    };

    /// <summary>How many rows one transaction deletes: some 20 ms.</summary>
    private const int LargestDelete = 500;

    /// <summary>How exactly the last use is stored: a user that signs in all the time is one write a day.</summary>
    private static readonly TimeSpan SeenEvery = TimeSpan.FromDays(1);

    private int _free; // free rows at the last count; counted again when used up

    /// <summary>Erases a user: names, picture, metadata, and that it was vouched for. False when it is not known.</summary>
    /// <remarks>What was decided about the id stays: removals, its own presence switch, channels.</remarks>
    public async Task<bool> EraseAsync(string userId, Actor by, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var wasKnown = await context.DeleteAsync(context.Users.Where(user => user.UserId == userId), cancellationToken) > 0;
        if (wasKnown)
            await context.RecordAsync(new AuditEntry(AuditActs.UserErased, by) { UserId = userId }, database.Now(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return wasKnown;
    }

    /// <summary>Forgets users who did not sign in and were not vouched for in a long time, profiles set by the backend apart.</summary>
    /// <param name="unusedFor">How long, at least one day. Present users are in use.</param>
    /// <param name="cancellationToken">Stops between two transactions.</param>
    /// <returns>How many went.</returns>
    /// <remarks><b>Cost.</b> One reading of the table beside its writers; transactions of 500 rows.</remarks>
    public async Task<int> PruneAsync(TimeSpan unusedFor, CancellationToken cancellationToken)
    {
        var dayAgo = database.LongAgo();
        if (dayAgo - DateTimeOffset.MinValue < unusedFor)
            return 0; // the clock isn't trusted yet
        var until = dayAgo - (unusedFor - SteadyClock.Settling);

        await using var reading = database.CreateDbContext();
        var present = reading.Set<MembershipRecord>().Select(membership => membership.UserId);
        var unused = reading.Users.AsNoTracking().Where(user => user.SeenAt < until && !user.IsKept && !present.Contains(user.UserId)).Select(user => user.UserId);
        var pruned = 0;
        var ids = new List<string>(LargestDelete);
        await foreach (var id in unused.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            ids.Add(id);
            if (ids.Count == LargestDelete)
                pruned += await DeleteAsync();
        }
        return pruned + await DeleteAsync();

        async Task<int> DeleteAsync()
        {
            await using var writing = database.CreateDbContext();
            var deleted = await writing.DeleteAsync(writing.Users.Where(user => ids.Contains(user.UserId) && user.SeenAt < until && !user.IsKept), cancellationToken);
            ids.Clear();
            return deleted;
        }
    }

    /// <summary>Makes room for new users inside their transaction.</summary>
    /// <exception cref="StoreFullException">No place can be freed.</exception>
    private async Task MakeRoomAsync(PresenceContext context, int wanted, CancellationToken cancellationToken)
    {
        if (await FreeAsync(context, wanted, [], cancellationToken) < wanted)
            throw new StoreFullException(most, $"The limit of {most} users is reached, and the backend has verified all of them. Erase some with DELETE /api/v1/admin/users/{{userId}} first.");
    }

    /// <summary>How many new users fit, of so many. The longest unused make way; whom the backend vouched for stays, or a flood of strangers would undo it.</summary>
    private async Task<int> FreeAsync(PresenceContext context, int wanted, string[] except, CancellationToken cancellationToken)
    {
        if (Interlocked.Add(ref _free, -wanted) >= 0)
            return wanted;

        var free = most - await context.Users.CountAsync(cancellationToken);
        if (free < wanted)
        {
            var excess = Math.Max(wanted - free, Math.Min(LargestDelete, most / 100));
            free += await context.ExecuteAsync(
                $"""
                DELETE FROM "Users" WHERE "UserId" IN (
                    SELECT "UserId" FROM "Users" WHERE "IsVouched" = 0 AND "IsKept" = 0 AND "UserId" NOT IN (SELECT value FROM json_each({JsonSerializer.Serialize(except)}))
                    ORDER BY "SeenAt" LIMIT {excess})
                """,
                cancellationToken);
        }
        Interlocked.Exchange(ref _free, Math.Max(0, free - wanted));
        return Math.Min(wanted, free);
    }

    private bool IsLongSeen(UserRecord user) => database.Now() - user.SeenAt >= SeenEvery;

    /// <summary>Notes for many users at once that the app's backend vouches for them; makes those unknown.</summary>
    /// <param name="vouchings">One for each user.</param>
    /// <param name="cancellationToken">Gives up; what was not stored yet is not.</param>
    /// <returns>The changed users, as stored. Once the limit is reached, new users aren't stored.</returns>
    /// <remarks><b>Cost.</b> One look-up and at most one transaction for every 300. Durable when it returns.</remarks>
    public async Task<IReadOnlyList<User>> VouchAsync(IReadOnlyCollection<VerifiedUser> vouchings, CancellationToken cancellationToken)
    {
        var changed = new List<User>();
        foreach (var chunk in vouchings.Chunk(LargestLookUp))
        {
            await using var context = database.CreateDbContext();
            var ids = chunk.Select(vouching => vouching.UserId).ToArray();
            var before = await context.Users.AsNoTracking().Where(user => ids.Contains(user.UserId)).ToDictionaryAsync(user => user.UserId, PresenceComparers.UserId, cancellationToken);
            VerifiedUser[] news = [.. chunk.Where(vouching => !before.TryGetValue(vouching.UserId, out var user) || IsNews(user, vouching) || IsLongSeen(user))];
            if (news.Length > 0)
                changed.AddRange(await StoreAsync(context, news, cancellationToken));
        }
        return changed;
    }

    private async Task<IEnumerable<User>> StoreAsync(PresenceContext context, VerifiedUser[] news, CancellationToken cancellationToken)
    {
        // Read again inside the transaction, because the user can sign in in between.
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var ids = news.Select(vouching => vouching.UserId).ToArray();
        var users = await context.Users.Where(user => ids.Contains(user.UserId)).ToDictionaryAsync(user => user.UserId, PresenceComparers.UserId, cancellationToken);
        var now = database.Now();
        var free = await FreeAsync(context, news.Length - users.Count, ids, cancellationToken);
        foreach (var vouching in news)
        {
            if (!users.TryGetValue(vouching.UserId, out var user))
            {
                if (free-- <= 0)
                    continue;
                user = new UserRecord { UserId = vouching.UserId, InternalId = NewId(), PublicId = NewId(), CreatedAt = now, UpdatedAt = now };
                users.Add(vouching.UserId, user);
                context.Add(user);
            }
            else if (IsNews(user, vouching))
            {
                user.Version++;
                user.UpdatedAt = now;
            }
            user.IsVouched = true;
            if (SaysNews(user, vouching.Profile) is { } profile)
            {
                (user.DisplayName, user.AvatarUrl) = (profile.DisplayName ?? user.DisplayName, profile.AvatarUrl ?? user.AvatarUrl);
                user.ProfileSaidAt = profile.SaidAt == default ? null : profile.SaidAt;
            }
            user.SeenAt = now;
        }
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return users.Values.Select(ToUser);
    }

    private static bool IsNews(UserRecord user, VerifiedUser vouching) => !user.IsVouched || SaysNews(user, vouching.Profile) is not null;

    /// <summary>The profile if it says something else than is stored, and later than that was said; otherwise null.</summary>
    private static UserProfile? SaysNews(UserRecord user, UserProfile? profile) =>
        profile is not null
        && profile.StandsOver(user.ProfileSaidAt.GetValueOrDefault())
        && ((profile.DisplayName is { } name && name != user.DisplayName) || (profile.AvatarUrl is { } avatar && avatar != user.AvatarUrl))
            ? profile
            : null;
}

/// <summary>One user or guest that has signed in.</summary>
internal sealed class UserRecord
{
    public required string UserId { get; init; }
    public required string InternalId { get; init; }
    public required string PublicId { get; init; }
    public string? DisplayName { get; set; }
    public string? AvatarUrl { get; set; }
    public string MetadataJson { get; set; } = "{}";
    public bool IsGuest { get; init; }
    public bool IsVouched { get; set; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last signed in or was vouched for, to the day.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>The backend set the profile by itself: never pruned.</summary>
    public bool IsKept { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public int Version { get; set; } = 1;

    /// <summary>When name and picture were last set. Null if unknown.</summary>
    public DateTimeOffset? ProfileSaidAt { get; set; }
}

/// <summary>A user or guest that has signed in.</summary>
/// <param name="UserId">The id the app gave it, 1..50 characters.</param>
/// <param name="InternalId">Ours, 24 hexadecimal digits; never changes.</param>
/// <param name="PublicId">Ours, 24 hexadecimal digits; never changes and may be shown to other users.</param>
/// <param name="DisplayName">Up to 100 characters, or null.</param>
/// <param name="AvatarUrl">A picture, or null.</param>
/// <param name="MetadataJson">The app's own object, as JSON; <c>{}</c> when it has none.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="IsVouched">The app's backend vouched for it once: from then on it may not sign in unverified.</param>
/// <param name="CreatedAt">The first sign-in.</param>
/// <param name="UpdatedAt">When anything here last changed.</param>
public sealed record User(
    string UserId,
    string InternalId,
    string PublicId,
    string? DisplayName,
    string? AvatarUrl,
    string MetadataJson,
    bool IsGuest,
    bool IsVouched,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>Rises by one whenever anything here changes; what a later change names.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When name and picture were last set. The default if unknown.</summary>
    public DateTimeOffset ProfileSaidAt { get; init; }

    /// <summary>How the user is shown.</summary>
    public UserProfile Profile => new(DisplayName, AvatarUrl) { SaidAt = ProfileSaidAt };
}

/// <summary>What the app's backend says of a user, all of it.</summary>
/// <param name="DisplayName">Up to 100 characters; null shows the id.</param>
/// <param name="AvatarUrl">A picture; null shows initials.</param>
/// <param name="MetadataJson">The app's own object, as JSON.</param>
public sealed record UserChange(string? DisplayName, string? AvatarUrl, string MetadataJson);

/// <summary>The user has changed since the version this change is based on. Nothing was changed.</summary>
public sealed class UserConflictException : Exception
{
    public UserConflictException(User? current)
        : base(current is null ? "There is no such user yet." : $"The user is at version {current.Version} now.") => Current = current;

    /// <summary>The user as it is; null when there is none.</summary>
    public User? Current { get; }
}

/// <summary>The app's backend vouches for a user.</summary>
/// <param name="UserId">The id, already validated.</param>
/// <param name="Profile">What it says of the user from now on; what is null in it, or null altogether, stays as it was.</param>
public sealed record VerifiedUser(string UserId, UserProfile? Profile);
