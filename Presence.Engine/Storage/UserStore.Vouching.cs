using Microsoft.EntityFrameworkCore;

namespace Presence.Engine.Storage;

public sealed partial class UserStore
{
    /// <summary>Notes for many users at once that the app's backend vouches for them; makes those unknown.</summary>
    /// <param name="vouchings">One for each user.</param>
    /// <param name="cancellationToken">Gives up; what was not stored yet is not.</param>
    /// <returns>The users of whom something is new, as stored.</returns>
    /// <remarks><b>Cost.</b> One look-up and at most one transaction for every 300. Durable when it returns.</remarks>
    public async Task<IReadOnlyList<User>> VouchAsync(IReadOnlyCollection<Vouching> vouchings, CancellationToken cancellationToken)
    {
        var changed = new List<User>();
        foreach (var chunk in vouchings.Chunk(LargestLookUp))
        {
            await using var context = database.CreateDbContext();
            var ids = chunk.Select(vouching => vouching.UserId).ToArray();
            var before = await context.Users.AsNoTracking().Where(user => ids.Contains(user.UserId)).ToDictionaryAsync(user => user.UserId, PresenceComparers.UserId, cancellationToken);
            Vouching[] news = [.. chunk.Where(vouching => !before.TryGetValue(vouching.UserId, out var user) || IsNews(user, vouching))];
            if (news.Length > 0)
                changed.AddRange(await StoreAsync(context, news, cancellationToken));
        }
        return changed;
    }

    private async Task<IEnumerable<User>> StoreAsync(PresenceContext context, Vouching[] news, CancellationToken cancellationToken)
    {
        // Read again inside the transaction: somebody may sign in meanwhile.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var ids = news.Select(vouching => vouching.UserId).ToArray();
        var users = await context.Users.Where(user => ids.Contains(user.UserId)).ToDictionaryAsync(user => user.UserId, PresenceComparers.UserId, cancellationToken);
        var now = database.Now();
        foreach (var vouching in news)
        {
            if (!users.TryGetValue(vouching.UserId, out var user))
            {
                user = new UserRecord { UserId = vouching.UserId, InternalId = NewId(), PublicId = NewId(), CreatedAt = now };
                users.Add(vouching.UserId, user);
                context.Add(user);
            }
            else
            {
                user.Version++;
            }
            user.IsVouched = true;
            user.DisplayName = vouching.Profile?.DisplayName ?? user.DisplayName;
            user.AvatarUrl = vouching.Profile?.AvatarUrl ?? user.AvatarUrl;
            user.UpdatedAt = now;
        }
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return users.Values.Select(ToUser);
    }

    private static bool IsNews(UserRecord user, Vouching vouching) =>
        !user.IsVouched
        || (vouching.Profile?.DisplayName is { } name && name != user.DisplayName)
        || (vouching.Profile?.AvatarUrl is { } avatar && avatar != user.AvatarUrl);
}
