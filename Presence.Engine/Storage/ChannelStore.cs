using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Presence.Engine.Storage;

/// <summary>Keeps who belongs to which channel and puts it in force.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.Channels"/> channels of <see cref="PresenceLimits.ChannelMembers"/> members.</remarks>
public sealed class ChannelStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Reads the channels and puts them in force, before requests are answered, and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = new HashSet<string>(PresenceComparers.ChannelId);
            await foreach (var record in context.Channels.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                stored.Add(record.ChannelId);
                engine.SetChannelMembers(record.ChannelId, JsonSerializer.Deserialize<string[]>(record.MembersJson) ?? []);
            }
            foreach (var channelId in engine.ChannelsInForce.Where(channelId => !stored.Contains(channelId)))
                engine.SetChannelMembers(channelId, []);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Replaces the members of a channel. An empty list deletes the channel.</summary>
    /// <param name="channelId">The channel, already validated.</param>
    /// <param name="userIds">Its members, already validated; one named twice counts once.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The members now, in the order given.</returns>
    /// <exception cref="StoreFullException">A limit is reached. Nothing was changed.</exception>
    /// <remarks><b>Guarantee.</b> On the disk before it is in force, and in force when this returns.</remarks>
    public async Task<IReadOnlyList<string>> SetMembersAsync(string channelId, IEnumerable<string> userIds, CancellationToken cancellationToken)
    {
        var limits = engine.Limits;
        string[] members = [.. userIds.Distinct(PresenceComparers.UserId)];
        if (members.Length > limits.ChannelMembers)
            throw new StoreFullException(limits.ChannelMembers, $"A channel is limited to {limits.ChannelMembers} members, and this one would have {members.Length}.");

        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var record = await context.Channels.FirstOrDefaultAsync(c => c.ChannelId == channelId, cancellationToken);
            var json = JsonSerializer.Serialize(members);
            if (members.Length == 0 && record is not null)
                context.Remove(record);
            else if (record is not null)
                (record.MembersJson, record.UpdatedAt) = (json, database.Now());
            else if (members.Length > 0 && await context.Channels.CountAsync(cancellationToken) >= limits.Channels)
                throw new StoreFullException(limits.Channels, $"The server has reached its limit of {limits.Channels} channels. Empty one first.");
            else if (members.Length > 0)
                context.Add(new ChannelRecord { ChannelId = channelId, MembersJson = json, UpdatedAt = database.Now() });

            await context.SaveChangesAsync(cancellationToken);
            engine.SetChannelMembers(channelId, members);
            return members;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The channels a user belongs to, with all their members.</summary>
    /// <remarks><b>Cost.</b> A look at every channel.</remarks>
    public async Task<IReadOnlyList<(string ChannelId, IReadOnlyList<string> Members)>> ChannelsOfAsync(string userId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var records = await context.Channels
            .FromSql($"""SELECT * FROM "Channels" WHERE EXISTS (SELECT 1 FROM json_each("MembersJson") WHERE value = {userId})""")
            .AsNoTracking().OrderBy(c => c.ChannelId).ToListAsync(cancellationToken);
        return records.ConvertAll(record => (record.ChannelId, (IReadOnlyList<string>)(JsonSerializer.Deserialize<string[]>(record.MembersJson) ?? [])));
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();
}

/// <summary>The members of one channel: always replaced and read as a whole, hence one row.</summary>
internal sealed class ChannelRecord
{
    public required string ChannelId { get; init; }

    /// <summary>A JSON list of user ids.</summary>
    public required string MembersJson { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}
