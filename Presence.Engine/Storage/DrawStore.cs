using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;

namespace Presence.Engine.Storage;

/// <summary>Keeps fair draws: prepared with a seed whose hash is told, then drawn once.</summary>
/// <remarks><b>Bound.</b> The latest <see cref="Most"/>.</remarks>
public sealed class DrawStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    /// <summary>The oldest goes for a newer one.</summary>
    public const int Most = 100;

    private const int SeedBytes = 32;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Fixes a seed, and tells its hash. Who takes part is decided later, when it is drawn.</summary>
    public async Task<FairDraw> PrepareAsync(string roomId, int winners, DrawFilter filter, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var seed = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SeedBytes));
            var record = new DrawRecord
            {
                RoomId = roomId,
                Seed = seed,
                Winners = winners,
                PresentForMinutes = filter.PresentForMinutes,
                State = filter.State,
                IsGuest = filter.IsGuest,
                IsHandRaised = filter.IsHandRaised,
                Search = filter.Search,
                Device = filter.Device,
                PreparedAt = database.Now(),
                PreparedBy = by.Name,
            };
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            await context.DeleteAsync(context.Draws.Where(d => d.No <= record.No - Most), cancellationToken);
            var draw = ToDraw(record);
            await context.RecordAsync(
                new AuditEntry(AuditActs.DrawPrepared, by) { RoomId = roomId, Object = draw.Id, New = AuditEntry.Values(("seedHash", draw.SeedHash), ("winners", winners), ("presentForMinutes", filter.PresentForMinutes)) },
                record.PreparedAt, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return draw;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Draws among those present now, once: later calls return the same. Null when the room has no such draw.</summary>
    /// <exception cref="StoreFullException">More take part than a draw keeps. Nothing was drawn.</exception>
    public async Task<FairDraw?> DrawAsync(string roomId, string id, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            if (await RecordAsync(context, roomId, id, cancellationToken) is not { } record)
                return null;
            if (record.DrawnAt is not null)
                return ToDraw(record);
            var candidates = DrawRules.InOrder(engine.Order(roomId, ToFilter(record).ToQuery()).UserIds);
            if (candidates.Count > DrawRules.MostCandidates)
                throw new StoreFullException(DrawRules.MostCandidates, $"{candidates.Count} viewers would take part, and the limit is {DrawRules.MostCandidates}. Prepare a draw with narrower filters.");

            record.Candidates = Text(candidates);
            record.CandidateCount = candidates.Count;
            record.CandidatesHash = DrawRules.HashOf(candidates);
            record.Drawn = Text(DrawRules.Draw(record.Seed, candidates, record.Winners));
            record.DrawnAt = database.Now();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Update(record);
            await context.SaveChangesAsync(cancellationToken);
            var draw = ToDraw(record);
            // Not who: a row names one person at most, with whom it is erased.
            await context.RecordAsync(
                new AuditEntry(AuditActs.Drawn, by) { RoomId = roomId, Object = id, New = AuditEntry.Values(("seedHash", draw.SeedHash), ("candidates", candidates.Count), ("candidatesHash", record.CandidatesHash), ("winners", draw.Drawn.Count)) },
                record.DrawnAt.Value, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return draw;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>One draw of a room; null when there is none.</summary>
    public async Task<FairDraw?> FindAsync(string roomId, string id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await RecordAsync(context, roomId, id, cancellationToken) is { } record ? ToDraw(record) : null;
    }

    /// <summary>The draws kept of a room, the latest first, without their candidates: a hundred lists of 50,000 ids are never read at once.</summary>
    public async Task<IReadOnlyList<FairDraw>> ListAsync(string roomId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var records = await context.Draws.AsNoTracking().Where(d => d.RoomId == roomId).OrderByDescending(d => d.No)
            .Select(d => new DrawRecord
            {
                No = d.No,
                RoomId = d.RoomId,
                Seed = d.Seed,
                Winners = d.Winners,
                PresentForMinutes = d.PresentForMinutes,
                State = d.State,
                IsGuest = d.IsGuest,
                IsHandRaised = d.IsHandRaised,
                Search = d.Search,
                Device = d.Device,
                PreparedAt = d.PreparedAt,
                PreparedBy = d.PreparedBy,
                DrawnAt = d.DrawnAt,
                CandidateCount = d.CandidateCount,
                CandidatesHash = d.CandidatesHash,
                Drawn = d.Drawn,
                Erased = d.Erased,
            })
            .ToListAsync(cancellationToken);
        return records.ConvertAll(ToDraw);
    }

    /// <summary>Takes a person's id out of every draw. Hashes stay. Searches may name the person: those of its draws go, and so do draws with a search that weren't drawn yet.</summary>
    internal static async Task EraseAsync(PresenceContext context, string userId, CancellationToken cancellationToken)
    {
        var line = userId + "\n";
        await context.DeleteAsync(context.Draws.Where(d => d.DrawnAt == null && d.Search != null), cancellationToken);
        foreach (var record in await context.Draws.Where(d => d.Candidates.Contains(line)).ToListAsync(cancellationToken))
        {
            var candidates = Ids(record.Candidates);
            var others = candidates.Where(id => !PresenceComparers.UserId.Equals(id, userId)).ToList();
            if (others.Count == candidates.Length)
                continue; // part of another id
            record.Candidates = Text(others);
            record.Drawn = Text(Ids(record.Drawn).Where(id => !PresenceComparers.UserId.Equals(id, userId)));
            record.Search = null;
            record.Erased++;
        }
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The draws that a person took part in.</summary>
    internal static async Task<IReadOnlyList<FairDraw>> OfUserAsync(PresenceContext context, string userId, CancellationToken cancellationToken)
    {
        var line = userId + "\n";
        var found = await context.Draws.AsNoTracking().Where(d => d.Candidates.Contains(line)).OrderBy(d => d.No).ToListAsync(cancellationToken);
        return [.. found.Select(ToDraw).Where(draw => draw.Candidates.Contains(userId, PresenceComparers.UserId))];
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private static async Task<DrawRecord?> RecordAsync(PresenceContext context, string roomId, string id, CancellationToken cancellationToken) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? await context.Draws.AsNoTracking().FirstOrDefaultAsync(d => d.No == no && d.RoomId == roomId, cancellationToken)
            : null;

    private static string Text(IEnumerable<string> ids) => string.Concat(ids.Select(id => id + "\n"));

    private static string[] Ids(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static DrawFilter ToFilter(DrawRecord record) => new(record.PresentForMinutes, record.State, record.IsGuest, record.IsHandRaised, record.Search, record.Device);

    private static FairDraw ToDraw(DrawRecord record) => new(
        record.No.ToString(CultureInfo.InvariantCulture), record.RoomId, DrawRules.Hash(record.Seed), record.Winners, ToFilter(record), record.PreparedAt, record.PreparedBy)
    {
        DrawnAt = record.DrawnAt,
        Seed = record.DrawnAt is null ? null : record.Seed,
        CandidatesHash = record.CandidatesHash,
        CandidateCount = record.CandidateCount,
        Candidates = Ids(record.Candidates),
        Drawn = Ids(record.Drawn),
        Erased = record.Erased,
    };
}

/// <summary>A draw. Ids stand one a line, each followed by a line feed, which no id holds.</summary>
internal sealed class DrawRecord
{
    public long No { get; init; }
    public required string RoomId { get; init; }
    public required string Seed { get; init; }
    public int Winners { get; init; }
    public int PresentForMinutes { get; init; }
    public ViewerState? State { get; init; }
    public bool? IsGuest { get; init; }
    public bool? IsHandRaised { get; init; }
    public string? Search { get; set; }
    public string? Device { get; init; }
    public DateTimeOffset PreparedAt { get; init; }
    public required string PreparedBy { get; init; }
    public DateTimeOffset? DrawnAt { get; set; }
    public string Candidates { get; set; } = "";
    public int CandidateCount { get; set; }
    public string? CandidatesHash { get; set; }
    public string Drawn { get; set; } = "";
    public int Erased { get; set; }
}
