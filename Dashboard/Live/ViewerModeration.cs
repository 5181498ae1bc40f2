using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>Removing viewers and letting them in again, as the API does; the role is checked here, whatever the page shows.</summary>
internal sealed class ViewerModeration(IPresence presence, RemovalStore removals, QuickReasonStore reasons, BannedDevices devices, ModeratorBoard board, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>Ids that are banned together.</summary>
    public const int MostTogether = 1_000;

    /// <summary>Reasons to choose from.</summary>
    public IReadOnlyList<string> QuickReasons => reasons.Current;

    /// <summary>Keeps a viewer out from now on, in the moderator's name.</summary>
    /// <param name="removal">Who, where, until when and why.</param>
    /// <param name="withDevices">From the network: bans the devices of the user's logins too.</param>
    /// <param name="known">The removal in force there as the moderator saw it; null when none was.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="RemovalConflictException">Another one is in force by now. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<RemovalEntry> RemoveAsync(Removal removal, bool withDevices, RemovalEntry? known, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, removal.RoomId);
        var (entry, _) = await removals.RemoveAsync(Checked(removal, withDevices), moderator.Actor, known?.Id ?? 0, cancellationToken);
        return entry;
    }

    /// <summary>Sets many bans, whatever is in force for the same places, one after the other.</summary>
    /// <param name="wanted">At most <see cref="MostTogether"/>.</param>
    /// <param name="progress">Told how many are set.</param>
    /// <param name="cancellationToken">Stops between two. Those before stay, and are returned.</param>
    /// <param name="withDevices">From the network: bans the devices of the users' logins too.</param>
    /// <returns>What was set, and what each took the place of: what undoes it.</returns>
    /// <inheritdoc cref="RemoveAsync" path="/exception"/>
    public async Task<IReadOnlyList<BanChange>> RemoveManyAsync(IReadOnlyList<Removal> wanted, IProgress<int>? progress, CancellationToken cancellationToken, bool withDevices = false)
    {
        var moderator = await RequireAsync(wanted.Select(removal => removal.RoomId));
        if (wanted.Count > MostTogether)
            throw new ArgumentException($"At most {MostTogether} bans can be set together.", nameof(wanted));
        Removal[] valid = [.. wanted.Select(removal => Checked(removal, withDevices))];
        var changes = new List<BanChange>();
        foreach (var removal in valid)
        {
            if (cancellationToken.IsCancellationRequested)
                break;
            var (entry, replaced) = await removals.RemoveAsync(removal, moderator.Actor, CancellationToken.None);
            changes.Add(new BanChange(replaced, entry));
            progress?.Report(changes.Count);
        }
        return changes;
    }

    /// <summary>Lifts many bans, one after the other.</summary>
    /// <returns>What was lifted: what undoes it.</returns>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task<IReadOnlyList<BanChange>> LiftManyAsync(IReadOnlyList<RemovalEntry> bans, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var moderator = await RequireAsync(bans.Select(ban => ban.Removal.RoomId));
        var changes = new List<BanChange>();
        foreach (var ban in bans)
        {
            if (cancellationToken.IsCancellationRequested)
                break;
            await removals.LiftAsync(ban.Removal.UserId, ban.Removal.RoomId, moderator.Actor, CancellationToken.None);
            changes.Add(new BanChange(ban, null));
            progress?.Report(changes.Count);
        }
        return changes;
    }

    /// <summary>Puts back what changes found, where nobody has decided anew since.</summary>
    /// <returns>How many were put back.</returns>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task<int> UndoAsync(IReadOnlyList<BanChange> changes, CancellationToken cancellationToken)
    {
        var moderator = await RequireAsync(changes.Select(change => (change.Before ?? change.After)!.Removal.RoomId));
        var undone = 0;
        foreach (var (before, after) in changes)
        {
            var ban = (before ?? after)!.Removal;
            var now = await removals.FindAsync(ban.UserId, ban.RoomId, cancellationToken);
            if (now?.Id != after?.Id)
                continue;
            if (before?.Removal is { } earlier && RemovalRules.IsEnd(earlier.Until, time.GetUtcNow()))
                await removals.RemoveAsync(earlier, moderator.Actor, cancellationToken);
            else if (now is not null)
                await removals.LiftAsync(ban.UserId, ban.RoomId, moderator.Actor, cancellationToken);
            undone++;
        }
        return undone;
    }

    /// <summary>Lets a viewer in again, with its next heartbeat.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task LiftAsync(string userId, string? roomId, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        await removals.LiftAsync(userId, roomId, moderator.Actor, cancellationToken);
    }

    /// <summary>The removal in force from a room, or with null from the network, with who decided it; null if there is none.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<RemovalEntry?> InForceAsync(string userId, string? roomId, CancellationToken cancellationToken)
    {
        if (roomId is null)
            await guard.RequireSomewhereAsync(ModeratorRole.Moderator); // a ban from the network is one from every room
        else
            await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await removals.FindAsync(userId, roomId, cancellationToken);
    }

    /// <summary>Announces that this moderator is about to act on a viewer, until the result is disposed.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<ModeratorBoard.Acting> EnterAsync(string userId, Action changed, ModeratorAct act = ModeratorAct.Ban, string? name = null, string? roomId = null) =>
        board.Enter(userId, (await guard.RequireSomewhereAsync(ModeratorRole.Moderator)).Email, changed, act, name, roomId);

    /// <summary>Announces that this moderator is about to ban some viewers together, until the result is disposed.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<ModeratorBoard.Acting> EnterAsync(IReadOnlyList<string> userIds, Action changed, string name, string? roomId) =>
        board.Enter(userIds, (await guard.RequireSomewhereAsync(ModeratorRole.Moderator)).Email, changed, ModeratorAct.Ban, name, roomId);

    /// <summary>Stores the reasons to choose from.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">Against the rules. Nothing was changed.</exception>
    public async Task SetQuickReasonsAsync(IReadOnlyList<string> wanted, CancellationToken cancellationToken) =>
        await reasons.SetAsync(wanted, (await guard.RequireAsync(ModeratorRole.Moderator)).Actor, cancellationToken);

    /// <summary>What keeps a viewer out of a room now; null when nothing does.</summary>
    public Removal? RemovalOf(string userId, string roomId) => presence.RemovalOf(userId, roomId);

    /// <summary>Whether this moderator may ban from a room, or with null from the network; for what a dialog offers.</summary>
    public ValueTask<bool> MayActInAsync(string? roomId) => guard.HoldsAsync(ModeratorRole.Moderator, roomId);

    /// <summary>A Moderator of all of these places, or nothing is done in any.</summary>
    private async ValueTask<ModeratorIdentity> RequireAsync(IEnumerable<string?> places)
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Moderator);
        foreach (var place in places.Distinct(PresenceComparers.RoomId))
            await guard.RequireAsync(ModeratorRole.Moderator, place);
        return moderator;
    }

    private Removal Checked(Removal removal, bool withDevices)
    {
        var until = DateTimeOffset.FromUnixTimeMilliseconds(removal.Until.ToUnixTimeMilliseconds()); // to the millisecond, as stored
        if (!RemovalRules.IsEnd(until, time.GetUtcNow()))
            throw new ArgumentOutOfRangeException(nameof(removal), until, $"A ban ends in the future, and at most {RemovalRules.Longest.TotalDays} days away.");
        if (RemovalRules.ProblemOfReason(removal.Reason) is { } problem)
            throw new ArgumentException(problem, nameof(removal));
        return removal with { Until = until, Devices = removal.RoomId is not null ? null : withDevices ? devices.Of(removal.UserId) : removal.Devices };
    }
}

/// <summary>A change of one place's ban.</summary>
/// <param name="Before">What was in force; null for nothing.</param>
/// <param name="After">What is in force since; null for nothing.</param>
internal sealed record BanChange(RemovalEntry? Before, RemovalEntry? After);

/// <summary>A removal while a moderator decides on it.</summary>
public sealed record RemovalDraft
{
    public bool IsNetworkWide { get; set; }

    /// <summary>Bans the devices of the user's logins too; from the network alone.</summary>
    public bool WithDevices { get; set; }

    /// <summary>Whether a length of one's own is being entered.</summary>
    public bool IsOther { get; set; }

    /// <summary>Of one's own: until an instant instead of for a number of units.</summary>
    public bool IsUntil { get; set; }
    public int? Number { get; set; } = 30;
    public RemovalUnit Unit { get; set; }

    /// <summary>The instant as the browser's field has it, in the moderator's zone.</summary>
    public string Until { get; set; } = "";
    public string Reason { get; set; } = "";

    /// <summary>The length of one's own; null while it is missing or out of range.</summary>
    public TimeSpan? Span => (Number ?? 0) * UnitSpan is var span && span > TimeSpan.Zero && span <= RemovalRules.Longest ? span : null;

    /// <summary>The reason for the viewer. Null if empty.</summary>
    public string? ReasonOrNull => string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim();

    /// <summary>The largest number of the unit chosen.</summary>
    public int LargestNumber => (int)(RemovalRules.Longest / UnitSpan);

    /// <summary>The end of the length of one's own; null while it is missing or out of range.</summary>
    public DateTimeOffset? EndAt(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (!IsUntil)
            return now + Span;
        if (!DateTime.TryParse(Until, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return null;
        var end = new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified))).ToUniversalTime();
        return RemovalRules.IsEnd(end, now) ? end : null;
    }

    private TimeSpan UnitSpan => Unit switch
    {
        RemovalUnit.Minutes => TimeSpan.FromMinutes(1),
        RemovalUnit.Hours => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };
}

/// <summary>How long a ban lasts, as buttons offer it.</summary>
public enum RemovalLength
{
    FiveMinutes,
    Hour,

    /// <summary>To the end of the day in the moderator's zone.</summary>
    Today,
    Forever,
}

/// <summary>What a length of one's own is counted in.</summary>
public enum RemovalUnit
{
    Minutes,
    Hours,
    Days,
}

/// <summary>Reading and keeping notes on viewers, as the API does; the role is checked here, whatever the page shows.</summary>
internal sealed class NoteModeration(ViewerNoteStore notes, WatchedArrivals arrivals, UserStore users, IPresence presence, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>What rows show of a viewer; for a page that has checked the role.</summary>
    /// <remarks><b>Cost.</b> One look-up in memory.</remarks>
    public NoteMark MarkOf(string userId) => notes.Of(userId) is { Count: > 0 } kept ? new NoteMark(NoteRules.FlagOf(kept), kept[0].Text.Length > 0 || kept.Count > 1 ? NoteWords.Latest(kept) : null) : default;

    /// <summary>The notes on a viewer, and whether this moderator may change each.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async ValueTask<IReadOnlyList<(ViewerNote Note, bool MayChange)>> OfAsync(string userId)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        var isAdmin = await guard.HoldsAsync(ModeratorRole.Admin);
        return [.. notes.Of(userId).Select(note => (note, isAdmin || string.Equals(note.By, moderator.Email, StringComparison.OrdinalIgnoreCase)))];
    }

    /// <summary>The watch list with names, and the latest arrival of each.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<WatchListReading> ReadWatchListAsync(ViewerFlag? flag, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        var isAdmin = await guard.HoldsAsync(ModeratorRole.Admin);
        var listed = notes.WatchList(flag);
        var names = await NamesOfAsync([.. listed.Select(note => note.UserId).Distinct(PresenceComparers.UserId)], cancellationToken);
        return new WatchListReading(
            [.. listed.Select(note => new WatchListRow(note, names[note.UserId], arrivals.LatestOf(note.UserId), isAdmin || string.Equals(note.By, moderator.Email, StringComparison.OrdinalIgnoreCase)))],
            notes.WatchList().Count,
            time.GetUtcNow());
    }

    /// <summary>What viewers are called, present or not; for a page that has checked the role.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesOfAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string>(PresenceComparers.UserId);
        foreach (var some in userIds.Chunk(PresenceLimits.Page))
        {
            foreach (var (userId, profile) in some.Zip(await presence.ReadProfilesAsync(some, cancellationToken)))
                names[userId] = ViewerNames.Of(profile, isGuest: false, userId);
            foreach (var user in await users.FindAsync(some, cancellationToken))
                names[user.UserId] = ViewerNames.Of(user.Profile, user.IsGuest, user.UserId);
        }
        return names;
    }

    /// <summary>Keeps a note, new or changed.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="NoteOfAnotherException">It is another moderator's, and this one no Admin. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">A cap is reached. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">Against the rules. Nothing was changed.</exception>
    public async Task<ViewerNote?> SaveAsync(string userId, long? id, NoteDraft draft)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        if ((PresenceIds.ProblemOfUserId(userId) ?? NoteRules.ProblemOf(draft, time.GetUtcNow())) is { } problem)
            throw new ArgumentException(problem, nameof(draft));
        return id is { } known
            ? await notes.ChangeAsync(userId, known, draft, moderator.Actor, await guard.HoldsAsync(ModeratorRole.Admin), CancellationToken.None)
            : await notes.AddAsync(userId, draft, moderator.Actor, CancellationToken.None);
    }

    /// <summary>Deletes a note.</summary>
    /// <returns>Whether it is gone and was this moderator's own; null when it was gone already.</returns>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="NoteOfAnotherException">It is another moderator's, and this one no Admin. Nothing was changed.</exception>
    public async Task<bool?> DeleteAsync(ViewerNote note)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        return await notes.DeleteAsync(note.UserId, note.Id, moderator.Actor, await guard.HoldsAsync(ModeratorRole.Admin), CancellationToken.None) is { } deleted
            ? string.Equals(deleted.By, moderator.Email, StringComparison.OrdinalIgnoreCase)
            : null;
    }
}

/// <summary>What a row shows of the notes on its viewer.</summary>
/// <param name="Flag">The watch list's; null for none.</param>
/// <param name="Text">How many notes, and the latest; null where the flag says it all.</param>
public readonly record struct NoteMark(ViewerFlag? Flag, string? Text);

/// <summary>The watch list.</summary>
/// <param name="Rows">The latest note first.</param>
/// <param name="All">How many there are, whatever is shown.</param>
/// <param name="At">When it was read.</param>
public sealed record WatchListReading(IReadOnlyList<WatchListRow> Rows, int All, DateTimeOffset At);

/// <summary>One viewer to watch for.</summary>
/// <param name="Note">Why.</param>
/// <param name="Name">What the viewer is called.</param>
/// <param name="Arrival">Where the viewer was last seen to arrive; null for nowhere.</param>
/// <param name="MayChange">Whether this moderator may change the note.</param>
public sealed record WatchListRow(ViewerNote Note, string Name, WatchedArrival? Arrival, bool MayChange);
