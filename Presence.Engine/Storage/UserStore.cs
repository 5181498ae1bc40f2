using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace Presence.Engine.Storage;

/// <summary>The users and guests that have signed in.</summary>
public sealed class UserStore(PresenceDatabase database)
{
    /// <summary>The most ids one <see cref="FindAsync(IReadOnlyList{string}, CancellationToken)"/> looks up.</summary>
    public const int LargestLookUp = 300;

    /// <summary>Notes a sign-in: makes an unknown user, and stores what is new about a known one.</summary>
    /// <param name="userId">The id, already validated.</param>
    /// <param name="displayName">The name to show from now on; null keeps the one there is.</param>
    /// <param name="isGuest">Without an account; counts when the user is made.</param>
    /// <param name="vouched">The app's backend vouched for this sign-in; never taken back by a later one.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The user as stored.</returns>
    /// <remarks><b>Cost.</b> One look-up; a write only when something is new. Durable when it returns.</remarks>
    public async Task<User> SignInAsync(string userId, string? displayName, bool isGuest, bool vouched, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        if (await context.Users.AsNoTracking().FirstOrDefaultAsync(u => u.UserId == userId, cancellationToken) is { } known && !IsNews(known, displayName, vouched))
            return ToUser(known);

        // Read again inside the transaction: two first sign-ins of one user may both come this far.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var now = database.Now();
        var user = await context.Users.FirstOrDefaultAsync(u => u.UserId == userId, cancellationToken);
        if (user is null)
        {
            user = new UserRecord { UserId = userId, InternalId = NewId(), PublicId = NewId(), DisplayName = displayName, IsGuest = isGuest, IsVouched = vouched, CreatedAt = now, UpdatedAt = now };
            context.Add(user);
        }
        else if (IsNews(user, displayName, vouched))
        {
            user.DisplayName = displayName ?? user.DisplayName;
            user.IsVouched |= vouched;
            user.UpdatedAt = now;
        }
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

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    private static User ToUser(UserRecord user) => new(
        user.UserId, user.InternalId, user.PublicId, user.DisplayName, user.AvatarUrl, user.MetadataJson, user.IsGuest, user.IsVouched, user.CreatedAt, user.UpdatedAt);
}
