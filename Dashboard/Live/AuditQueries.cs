using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>Who did what, as an Admin reads it; the role is checked here, whatever the page shows.</summary>
internal sealed class AuditAdministration(AuditLog log, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>Acts on one page.</summary>
    public const int PageSize = 100;

    /// <summary>A page of acts, the latest first.</summary>
    /// <param name="view">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not an Admin.</exception>
    public async Task<AuditReading> ReadAsync(AuditView view, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Admin);
        var found = await log.ListAsync(view.QueryAt(time.GetUtcNow()), PageSize + 1, cancellationToken);
        return new AuditReading([.. found.Take(PageSize)], found.Count > PageSize ? found[PageSize - 1].Id : null, time.GetUtcNow());
    }

    /// <summary>Recomputes the whole chain.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin.</exception>
    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Admin);
        return await log.VerifyAsync(cancellationToken);
    }
}

/// <summary>A page of acts.</summary>
/// <param name="Acts">The latest first.</param>
/// <param name="Older">Where older ones begin; null on the last page.</param>
/// <param name="At">When it was read.</param>
public sealed record AuditReading(IReadOnlyList<AuditRecord> Acts, long? Older, DateTimeOffset At);

/// <summary>What of the audit log is shown, as in the page's address.</summary>
/// <param name="Kind">One of <see cref="AuditKinds.All"/>; null for all.</param>
/// <param name="Search">Part of a name, id or reason.</param>
/// <param name="Days">How far back, in days; null for all.</param>
/// <param name="Before">Only older acts than this one.</param>
internal sealed record AuditView(string? Kind, string? Search, int? Days, long? Before)
{
    public static readonly IReadOnlyList<int> Ranges = [1, 7, 30, 90];

    /// <summary>From an address. What is no choice counts as left out.</summary>
    public static AuditView Of(string? kind, string? search, string? days, string? before) => new(
        AuditKinds.All.Any(known => known.Name == kind) ? kind : null,
        string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
        int.TryParse(days, CultureInfo.InvariantCulture, out var number) && Ranges.Contains(number) ? number : null,
        long.TryParse(before, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null);

    public AuditQuery QueryAt(DateTimeOffset now) => new()
    {
        Acts = Kind is null ? null : AuditKinds.All.First(known => known.Name == Kind).Acts,
        Text = Search,
        From = Days is { } days ? now.AddDays(-days) : null,
        Before = Before,
    };
}

/// <summary>Acts in the groups that a filter offers.</summary>
/// <param name="Name">In addresses.</param>
/// <param name="Text">As shown.</param>
/// <param name="Acts">Its acts.</param>
internal sealed record AuditKinds(string Name, string Text, IReadOnlyList<string> Acts)
{
    public static readonly IReadOnlyList<AuditKinds> All =
    [
        Of("bans", AuditTexts.KindBans, "ban.", "quick_reasons."),
        Of("notes", AuditTexts.KindNotes, "note.", "handover."),
        Of("stage", AuditTexts.KindStage, "invitation.", "hand.", "draw."),
        Of("settings", AuditTexts.KindSettings, "settings.", "schedule.", "history_settings.", "alert_rule."),
        Of("rooms", AuditTexts.KindRooms, "room.", "room_prefix."),
        Of("keys", AuditTexts.KindKeys, "server_key.", "public_link.", "share_link."),
        Of("accounts", AuditTexts.KindAccounts, "account.", "password", "second_factor.", "recovery_code", "passkey."),
        Of("sign-ins", AuditTexts.KindSignIns, "sign_"),
        Of("data", AuditTexts.KindData, "person.", "user.", "data."),
        Of("webhooks", AuditTexts.KindWebhooks, "webhook."),
        Of("jobs", AuditTexts.KindJobs, "job."),
    ];

    private static AuditKinds Of(string name, string text, params string[] prefixes) =>
        new(name, text, [.. AuditActs.All.Where(act => prefixes.Any(prefix => act.StartsWith(prefix, StringComparison.Ordinal)))]);
}

/// <summary>Acts in words.</summary>
internal static partial class AuditWords
{
    /// <summary>What was done; the stored word for one that a later version wrote.</summary>
    public static string Of(string act) => AuditTexts.ResourceManager.GetString("Act_" + act.Replace('.', '_'), AuditTexts.Culture) ?? act;

    /// <summary>The values that differ, as "name before → after".</summary>
    public static IReadOnlyList<string> Changes(string? old, string? @new)
    {
        var (before, after) = (Read(old), Read(@new));
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal)
                .Select(name => (Name: NameOf(name), Before: before.GetValueOrDefault(name), After: after.GetValueOrDefault(name)))
                .Where(value => value.Before != value.After)
                .Select(value => value switch
                {
                    { Before: null } => $"{value.Name} {value.After}",
                    { After: null } => Sentence.With(AuditTexts.Was, value.Name, value.Before),
                    _ => $"{value.Name} {value.Before} → {value.After}",
                }),
        ];
    }

    private static Dictionary<string, string> Read(string? values)
    {
        if (values is null)
            return [];
        using var document = JsonDocument.Parse(values);
        return document.RootElement.EnumerateObject().ToDictionary(value => value.Name, value => value.Value.ToString(), StringComparer.Ordinal);
    }

    /// <summary>heartbeatIntervalSeconds: heartbeat interval seconds.</summary>
    private static string NameOf(string name) => Hump().Replace(name, match => " " + match.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]", RegexOptions.None, 1_000)]
    private static partial Regex Hump();
}
