using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;

namespace Presence.Engine.Storage;

/// <content>Users that go: unused, in excess, or erased.</content>
public sealed partial class UserStore
{
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
}
