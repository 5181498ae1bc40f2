using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;

namespace Presence.Engine.Storage;

/// <summary>Keeps what moderators note about viewers, and with it the watch list. All of it is in memory too: a list asks for each of its rows.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> On the disk before it is shown, and shown when the call returns.</para>
/// <para><b>Bound.</b> <see cref="NoteRules.Most"/> in all, <see cref="NoteRules.MostOfViewer"/> on a viewer, <see cref="NoteRules.MostFlagged"/> with a flag.</para>
/// <para><b>Threads.</b> Any; changes follow one another, readers take no lock.</para>
/// </remarks>
public sealed class ViewerNoteStore(PresenceDatabase database) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<string, ViewerNote[]> _byUser = new(PresenceComparers.UserId);
    private volatile int _count;
    private volatile int _flagged;

    /// <summary>Whether any viewer is on the watch list.</summary>
    public bool IsWatching => _flagged > 0;

    /// <summary>Reads what is stored, at a start and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = (await context.ViewerNotes.AsNoTracking().ToListAsync(cancellationToken)).ConvertAll(ToNote).ToLookup(note => note.UserId, PresenceComparers.UserId);
            foreach (var gone in _byUser.Keys.Where(userId => !stored.Contains(userId)))
                _byUser.TryRemove(gone, out _);
            foreach (var notes in stored)
                _byUser[notes.Key] = [.. notes.OrderByDescending(note => note.Id)];
            Count();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The notes on a viewer, the latest first.</summary>
    /// <remarks><b>Cost.</b> One look-up; nothing allocated while none has expired.</remarks>
    public IReadOnlyList<ViewerNote> Of(string userId)
    {
        if (!_byUser.TryGetValue(userId, out var notes))
            return [];
        var now = database.Now();
        return Array.TrueForAll(notes, note => note.IsKept(now)) ? notes : Array.FindAll(notes, note => note.IsKept(now));
    }

    /// <summary>The note that puts a viewer on the watch list, the most important one's latest; null where none does.</summary>
    public ViewerNote? WatchedFor(string userId)
    {
        if (_flagged == 0)
            return null;
        var notes = Of(userId);
        return NoteRules.FlagOf(notes) is { } flag ? notes.First(note => note.Flag == flag) : null;
    }

    /// <summary>Every note with a flag, the latest first.</summary>
    public IReadOnlyList<ViewerNote> WatchList(ViewerFlag? flag = null)
    {
        var now = database.Now();
        return [.. _byUser.Values.SelectMany(notes => notes).Where(note => note.Flag is not null && (flag is null || note.Flag == flag) && note.IsKept(now)).OrderByDescending(note => note.Id)];
    }

    /// <summary>Notes something about a viewer, who need not be known.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="draft">Already validated (<see cref="NoteRules"/>).</param>
    /// <param name="by">Who notes it.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <exception cref="StoreFullException">A cap is reached. Nothing was changed.</exception>
    public async Task<ViewerNote> AddAsync(string userId, NoteDraft draft, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await MakeRoomAsync(userId, draft.Flag is not null, cancellationToken);
            var now = database.Now();
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var record = new ViewerNoteRecord { UserId = userId, Text = draft.Text, Flag = draft.Flag, ExpiresAt = draft.ExpiresAt, By = by.Name, At = now };
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.NoteCreated, by) { UserId = userId, New = ValuesOf(record) }, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Show(ToNote(record));
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Replaces a note.</summary>
    /// <param name="userId">Whose it is about.</param>
    /// <param name="id">The note.</param>
    /// <param name="draft">Already validated (<see cref="NoteRules"/>).</param>
    /// <param name="by">Who changes it.</param>
    /// <param name="mayChangeAny">Whether notes of others are for the caller to change too.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The note as it is now; null when the viewer has none with this id.</returns>
    /// <exception cref="NoteOfAnotherException">It is another moderator's. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap on flags is reached. Nothing was changed.</exception>
    public async Task<ViewerNote?> ChangeAsync(string userId, long id, NoteDraft draft, Actor by, bool mayChangeAny, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (Find(userId, id, by, mayChangeAny) is not { } before)
                return null;
            if (before.Flag is null && draft.Flag is not null)
                await MakeRoomAsync(userId: null, isFlagged: true, cancellationToken);
            var now = database.Now();
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var record = await context.ViewerNotes.FirstAsync(note => note.Id == id, cancellationToken);
            var old = ValuesOf(record);
            (record.Text, record.Flag, record.ExpiresAt, record.EditedBy, record.EditedAt) = (draft.Text, draft.Flag, draft.ExpiresAt, by.Name, now);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.NoteChanged, by) { UserId = userId, Old = old, New = ValuesOf(record) }, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Show(ToNote(record));
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Deletes a note.</summary>
    /// <returns>The note as it was; null when the viewer has none with this id.</returns>
    /// <inheritdoc cref="ChangeAsync" path="/param"/>
    /// <exception cref="NoteOfAnotherException">It is another moderator's. Nothing was changed.</exception>
    public async Task<ViewerNote?> DeleteAsync(string userId, long id, Actor by, bool mayChangeAny, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (Find(userId, id, by, mayChangeAny) is not { } before)
                return null;
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var record = await context.ViewerNotes.FirstAsync(note => note.Id == id, cancellationToken);
            context.Remove(record);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.NoteDeleted, by) { UserId = userId, Old = ValuesOf(record) }, database.Now(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Hide(before);
            return before;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets all notes on a viewer; how many there were.</summary>
    internal async Task<int> EraseAsync(string userId, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var rows = await context.DeleteAsync(context.ViewerNotes.Where(note => note.UserId == userId), cancellationToken);
            _byUser.TryRemove(userId, out _);
            Count();
            return rows;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets notes that ended, by a clock that is believed.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await PruneNeedsTurnAsync(database.LongAgo(), cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Expired notes make way where a cap is reached.</summary>
    private async Task MakeRoomAsync(string? userId, bool isFlagged, CancellationToken cancellationToken)
    {
        if (Problem() is null)
            return;
        await PruneNeedsTurnAsync(database.Steady.Now(), cancellationToken);
        if (Problem() is { } full)
            throw full;

        StoreFullException? Problem()
        {
            if (userId is not null && _byUser.TryGetValue(userId, out var notes) && notes.Length >= NoteRules.MostOfViewer)
                return new(NoteRules.MostOfViewer, $"The limit of {NoteRules.MostOfViewer} notes on this viewer is reached. Delete one first.");
            if (userId is not null && _count >= NoteRules.Most)
                return new(NoteRules.Most, $"The limit of {NoteRules.Most} notes is reached. Delete some first.");
            return isFlagged && _flagged >= NoteRules.MostFlagged
                ? new(NoteRules.MostFlagged, $"The limit of {NoteRules.MostFlagged} notes on the watch list is reached. Delete one of them, or remove its flag, first.")
                : null;
        }
    }

    private async Task PruneNeedsTurnAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var over = _byUser.Values.SelectMany(notes => notes).Where(note => !note.IsKept(now)).ToList();
        foreach (var some in over.Chunk(500))
        {
            long[] ids = [.. some.Select(note => note.Id)];
            await using var context = database.CreateDbContext();
            await context.DeleteAsync(context.ViewerNotes.Where(note => ids.Contains(note.Id)), cancellationToken);
            foreach (var note in some)
                Hide(note);
        }
    }

    private ViewerNote? Find(string userId, long id, Actor by, bool mayChangeAny)
    {
        var found = _byUser.TryGetValue(userId, out var notes) ? Array.Find(notes, note => note.Id == id) : null;
        return found is null || mayChangeAny || (by.Kind == ActorKind.Moderator && string.Equals(found.By, by.Name, StringComparison.OrdinalIgnoreCase)) ? found : throw new NoteOfAnotherException(found.By);
    }

    private ViewerNote Show(ViewerNote note)
    {
        _byUser[note.UserId] = [.. (_byUser.TryGetValue(note.UserId, out var notes) ? notes : []).Where(other => other.Id != note.Id).Append(note).OrderByDescending(other => other.Id)];
        Count();
        return note;
    }

    private void Hide(ViewerNote note)
    {
        if (!_byUser.TryGetValue(note.UserId, out var notes))
            return;
        if (Array.FindAll(notes, other => other.Id != note.Id) is { Length: > 0 } left)
            _byUser[note.UserId] = left;
        else
            _byUser.TryRemove(note.UserId, out _);
        Count();
    }

    private void Count()
    {
        var (all, flagged) = (0, 0);
        foreach (var notes in _byUser.Values)
            (all, flagged) = (all + notes.Length, flagged + notes.Count(note => note.Flag is not null));
        (_count, _flagged) = (all, flagged);
    }

    private static string ValuesOf(ViewerNoteRecord note) => AuditEntry.Values(("text", note.Text.Length == 0 ? null : note.Text), ("flag", note.Flag), ("expiresAt", note.ExpiresAt));

    private static ViewerNote ToNote(ViewerNoteRecord record) =>
        new(record.Id, record.UserId, record.Text, record.Flag, record.By, record.At) { ExpiresAt = record.ExpiresAt, EditedBy = record.EditedBy, EditedAt = record.EditedAt };
}

/// <summary>One note on a viewer.</summary>
internal sealed class ViewerNoteRecord
{
    public long Id { get; init; }
    public required string UserId { get; init; }
    public required string Text { get; set; }
    public ViewerFlag? Flag { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public required string By { get; init; }
    public DateTimeOffset At { get; init; }
    public string? EditedBy { get; set; }
    public DateTimeOffset? EditedAt { get; set; }
}
