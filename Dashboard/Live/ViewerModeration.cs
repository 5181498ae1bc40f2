using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>Removing viewers and letting them in again, as the API does; the role is checked here, whatever the page shows.</summary>
internal sealed class ViewerModeration(IPresence presence, RemovalStore removals, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>Keeps a viewer out from now on, in the moderator's name.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="roomId">Where; null is the whole network.</param>
    /// <param name="length">For how long; at most <see cref="RemovalRules.Longest"/>.</param>
    /// <param name="reason">The reason for the viewer. Null for none.</param>
    /// <param name="known">The removal in force there as the moderator saw it; null when none was.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="RemovalConflictException">Another one is in force by now. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<RemovalEntry> RemoveAsync(string userId, string? roomId, TimeSpan length, string? reason, RemovalEntry? known, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        if (length <= TimeSpan.Zero || length > RemovalRules.Longest)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A removal lasts at most {RemovalRules.Longest.TotalDays} days.");
        if (RemovalRules.ProblemOfReason(reason) is { } problem)
            throw new ArgumentException(problem, nameof(reason));

        var until = DateTimeOffset.FromUnixTimeMilliseconds((time.GetUtcNow() + length).ToUnixTimeMilliseconds()); // to the millisecond, as stored
        var (entry, _) = await removals.RemoveAsync(new Removal(userId, roomId, until, reason), moderator.Actor, known?.Id ?? 0, cancellationToken);
        return entry;
    }

    /// <summary>Lets a viewer in again, with its next heartbeat.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task LiftAsync(string userId, string? roomId, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        await removals.LiftAsync(userId, roomId, moderator.Actor, cancellationToken);
    }

    /// <summary>The removal in force from a room, or with null from the network, with who decided it; null if there is none.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<RemovalEntry?> InForceAsync(string userId, string? roomId, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Moderator);
        return await removals.FindAsync(userId, roomId, cancellationToken);
    }

    /// <summary>What keeps a viewer out of a room now; null when nothing does.</summary>
    public Removal? RemovalOf(string userId, string roomId) => presence.RemovalOf(userId, roomId);
}

/// <summary>A removal while a moderator decides on it.</summary>
public sealed record RemovalDraft
{
    public bool IsNetworkWide { get; set; }
    public RemovalLength Length { get; set; } = RemovalLength.FiveMinutes;
    public int? Number { get; set; } = 30;
    public RemovalUnit Unit { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>For how long; null while a length of one's own is missing or out of range.</summary>
    public TimeSpan? Span
    {
        get
        {
            var span = Length switch
            {
                RemovalLength.FiveMinutes => TimeSpan.FromMinutes(5),
                RemovalLength.Hour => TimeSpan.FromHours(1),
                RemovalLength.Day => TimeSpan.FromDays(1),
                _ => (Number ?? 0) * UnitSpan,
            };
            return span > TimeSpan.Zero && span <= RemovalRules.Longest ? span : null;
        }
    }

    /// <summary>The reason for the viewer. Null if empty.</summary>
    public string? ReasonOrNull => string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim();

    /// <summary>The largest number of the unit chosen.</summary>
    public int LargestNumber => (int)(RemovalRules.Longest / UnitSpan);

    private TimeSpan UnitSpan => Unit switch
    {
        RemovalUnit.Minutes => TimeSpan.FromMinutes(1),
        RemovalUnit.Hours => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };
}

/// <summary>How long a removal lasts, as the dialog offers it.</summary>
public enum RemovalLength
{
    FiveMinutes,
    Hour,
    Day,

    /// <summary>A number of <see cref="RemovalUnit"/>.</summary>
    Custom,
}

/// <summary>What a length of one's own is counted in.</summary>
public enum RemovalUnit
{
    Minutes,
    Hours,
    Days,
}
