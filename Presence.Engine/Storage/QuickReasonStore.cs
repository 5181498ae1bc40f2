using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;

namespace Presence.Engine.Storage;

/// <summary>The reasons that moderators choose from when they ban, one list for the server.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/>.</remarks>
public sealed class QuickReasonStore(PresenceDatabase database)
{
    /// <summary>How many there can be.</summary>
    public const int Most = 12;

    private volatile IReadOnlyList<string> _current = ["Spam", "Harassment", "Impersonation"];

    /// <summary>In their order.</summary>
    public IReadOnlyList<string> Current => _current;

    /// <summary>Reads what was stored; a server on which nobody changed them keeps those it brings.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        if (await context.QuickReasons.AsNoTracking().FirstOrDefaultAsync(cancellationToken) is { } record)
            _current = Read(record.Reasons);
    }

    /// <summary>Stores the list and puts it in force.</summary>
    /// <exception cref="ArgumentException">Too many, or one against the rules. Nothing was changed.</exception>
    public async Task SetAsync(IReadOnlyList<string> reasons, Actor by, CancellationToken cancellationToken)
    {
        if (reasons.Count > Most)
            throw new ArgumentException($"There can be {Most} quick reasons.", nameof(reasons));
        if (reasons.Select(RemovalRules.ProblemOfReason).FirstOrDefault(problem => problem is not null) is { } refused)
            throw new ArgumentException(refused, nameof(reasons));
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var before = await context.QuickReasons.FirstOrDefaultAsync(cancellationToken);
        var old = before is null ? _current : Read(before.Reasons);
        if (before is null)
            context.Add(before = new QuickReasonsRecord { Reasons = "[]" });
        before.Reasons = JsonSerializer.Serialize(reasons);
        await context.SaveChangesAsync(cancellationToken);
        await context.RecordAsync(new AuditEntry(AuditActs.QuickReasonsChanged, by) { Old = ValuesOf(old), New = ValuesOf(reasons) }, database.Now(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _current = [.. reasons];
    }

    private static string ValuesOf(IReadOnlyList<string> reasons) => AuditEntry.Values(("reasons", string.Join(" · ", reasons)));

    private static string[] Read(string reasons) => JsonSerializer.Deserialize<string[]>(reasons)!;
}

/// <summary>The one row of quick reasons.</summary>
internal sealed class QuickReasonsRecord
{
    public int Id { get; init; } = 1;

    /// <summary>A JSON array of texts.</summary>
    public required string Reasons { get; set; }
}
