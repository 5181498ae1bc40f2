using Microsoft.EntityFrameworkCore;
using Presence.Engine.Users;

namespace Presence.Engine.Storage;

public sealed partial class UserStore
{
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

/// <summary>The app's backend vouches for a user.</summary>
/// <param name="UserId">The id, already validated.</param>
/// <param name="Profile">What it says of the user from now on; what is null in it, or null altogether, stays as it was.</param>
public sealed record VerifiedUser(string UserId, UserProfile? Profile);
