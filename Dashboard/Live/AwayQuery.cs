using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Live;

/// <summary>What happened since a moderator last looked. When that was is kept with the account, on all its devices.</summary>
internal sealed class AwayQuery(IHistory history, IPresence presence, AccountValues values, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>As many as stand on one screen.</summary>
    public const int Listed = 6;

    private static readonly AccountValue<LastLook> Value = new("last-look", LastLook.Read, look => look.ToText());

    /// <summary>Notes that the moderator looks now, and reads what happened while it did not.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<AwayViewModel> ReadAsync(CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var (accountId, access) = (moderator.AccountId, moderator.Access);
        var now = time.GetUtcNow();
        await values.ChangeAsync(accountId, Value, before => before.At(now));
        var since = (await values.ReadAsync(accountId, Value)).Since;
        var report = await history.ReadAwayAsync(since, Listed, access.RoomsOf(ModeratorRole.Observer), cancellationToken);
        return new AwayViewModel(since, [.. report.Items.Select(item => new AwayRow(item, IsInForce(item.Event) && access.Holds(ModeratorRole.Moderator, item.Event!.RoomId)))]);
    }

    /// <summary>All of it was seen.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task MarkAsync()
    {
        var now = time.GetUtcNow();
        await values.ChangeAsync((await guard.RequireSomewhereAsync(ModeratorRole.Observer)).AccountId, Value, _ => new LastLook(now, now));
    }

    private bool IsInForce(HistoryEvent? happened) =>
        happened is { Kind: HistoryEventKind.Banned, UserId: { Length: > 0 } userId } && presence.RemovalOf(userId, happened.RoomId) is { } ban && ban.Until == happened.BannedUntil;
}

/// <summary>When a moderator looked.</summary>
/// <param name="Since">What happened after it is shown.</param>
/// <param name="Latest">The latest look.</param>
internal sealed record LastLook(DateTimeOffset Since, DateTimeOffset Latest)
{
    /// <summary>Who is back sooner was not away.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    /// <summary>Looks at an instant. The same object while nothing has to be stored.</summary>
    public LastLook At(DateTimeOffset now)
    {
        if (Latest == default || Latest > now)
            return new LastLook(now, now);
        if (now - Latest > Away)
            return new LastLook(Latest, now);
        return now - Latest >= Pace ? this with { Latest = now } : this;
    }

    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Since.ToUnixTimeMilliseconds()} {Latest.ToUnixTimeMilliseconds()}");

    public static LastLook Read(string? stored) =>
        stored?.Split(' ') is [var since, var latest] && long.TryParse(since, CultureInfo.InvariantCulture, out var first) && long.TryParse(latest, CultureInfo.InvariantCulture, out var last)
            ? new LastLook(DateTimeOffset.FromUnixTimeMilliseconds(first), DateTimeOffset.FromUnixTimeMilliseconds(last))
            : new LastLook(default, default);
}

/// <summary>What happened since.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Rows">The most important first.</param>
internal sealed record AwayViewModel(DateTimeOffset Since, IReadOnlyList<AwayRow> Rows);

/// <summary>One thing that happened.</summary>
/// <param name="Item">What.</param>
/// <param name="CanLift">Whether it is a ban in force that this moderator may lift.</param>
internal sealed record AwayRow(AwayItem Item, bool CanLift);
