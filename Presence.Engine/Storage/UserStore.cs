using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Users;

namespace Presence.Engine.Storage;

/// <summary>The users and guests that have signed in.</summary>
/// <param name="database">Where they are kept.</param>
/// <param name="most">How many there may be.</param>
/// <remarks><b>Bound.</b> <paramref name="most"/> rows. Unused ones are pruned.</remarks>
public sealed partial class UserStore(PresenceDatabase database, int most = UserStore.DefaultMost)
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
