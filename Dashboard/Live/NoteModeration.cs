using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

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
