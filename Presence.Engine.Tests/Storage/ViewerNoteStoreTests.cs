using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

/// <summary>Notes on viewers, the watch list that their flags make, and who is told of an arrival.</summary>
public sealed class ViewerNoteStoreTests : AdministrationTest
{
    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator);
    private static readonly Actor Jo = new("jo@example.com", ActorKind.Moderator);

    [Fact]
    public async Task AddAsync_Notes_AreReadLatestFirstAndSurviveACrash()
    {
        using var notes = new ViewerNoteStore(Database);
        var first = await notes.AddAsync("ann", new NoteDraft("Speaks French"), Mia, Cancel);
        var second = await notes.AddAsync("ann", new NoteDraft("", ViewerFlag.Vip, Time.GetUtcNow().AddDays(2)), Jo, Cancel);
        await notes.AddAsync("ben", new NoteDraft("Loud"), Jo, Cancel);

        Assert.Equal([second, first], notes.Of("ann"));
        Assert.Equal(("mia@example.com", Time.GetUtcNow(), "Speaks French"), (first.By, first.At, first.Text));
        Assert.Empty(notes.Of("Ann")); // another user
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new ViewerNoteStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equal([second, first], again.Of("ann"));
            Assert.True(again.IsWatching);
        });
        Assert.Equal([AuditActs.NoteCreated, AuditActs.NoteCreated], (await ActsAsync("ann")).Select(act => act.Act));
    }

    [Fact]
    public async Task ChangeAsync_AndDelete_AreForTheAuthorOrAnAdmin()
    {
        using var notes = new ViewerNoteStore(Database);
        var note = await notes.AddAsync("ann", new NoteDraft("Speaks French"), Mia, Cancel);

        var refused = await Assert.ThrowsAsync<NoteOfAnotherException>(() => notes.ChangeAsync("ann", note.Id, new NoteDraft("x"), Jo, mayChangeAny: false, Cancel));
        Assert.Equal("mia@example.com", refused.By);
        await Assert.ThrowsAsync<NoteOfAnotherException>(() => notes.DeleteAsync("ann", note.Id, Jo, mayChangeAny: false, Cancel));
        await Assert.ThrowsAsync<NoteOfAnotherException>(() => notes.DeleteAsync("ann", note.Id, new Actor("mia@example.com", ActorKind.ServerKey), mayChangeAny: false, Cancel)); // a key of that name is no author
        Assert.Equal([note], notes.Of("ann"));
        Assert.Null(await notes.ChangeAsync("ben", note.Id, new NoteDraft("x"), Mia, mayChangeAny: true, Cancel));

        Time.Advance(TimeSpan.FromMinutes(1));
        var changed = (await notes.ChangeAsync("ann", note.Id, new NoteDraft("Speaks Dutch", ViewerFlag.Speaker), Mia, mayChangeAny: false, Cancel))!;
        Assert.Equal((note.By, note.At, "Speaks Dutch", "mia@example.com", Time.GetUtcNow()), (changed.By, changed.At, changed.Text, changed.EditedBy, changed.EditedAt));
        Assert.Equal([changed], notes.Of("ann"));
        Assert.Equal(changed, await notes.DeleteAsync("ann", note.Id, Jo, mayChangeAny: true, Cancel));

        Assert.Empty(notes.Of("ann"));
        Assert.False(notes.IsWatching);
        Assert.Null(await notes.DeleteAsync("ann", note.Id, Jo, mayChangeAny: true, Cancel));
        var acts = await ActsAsync("ann");
        Assert.Equal([(AuditActs.NoteDeleted, Jo.Name), (AuditActs.NoteChanged, Mia.Name), (AuditActs.NoteCreated, Mia.Name)], acts.Select(act => (act.Act, act.Actor)));
        Assert.Equal(("""{"text":"Speaks French"}""", """{"text":"Speaks Dutch","flag":"Speaker"}"""), (acts[1].Old, acts[1].New));
    }

    [Fact]
    public async Task Of_ExpiredNotes_AreGoneAtOnceAndFromTheDiskOnceTheClockIsBelieved()
    {
        using var notes = new ViewerNoteStore(Database);
        await notes.AddAsync("ann", new NoteDraft("for an hour", ViewerFlag.Trouble, Time.GetUtcNow().AddHours(1)), Mia, Cancel);
        var kept = await notes.AddAsync("ann", new NoteDraft("for good"), Mia, Cancel);

        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([kept], notes.Of("ann"));
        Assert.Null(notes.WatchedFor("ann"));
        Assert.Empty(notes.WatchList());
        await notes.PruneAsync(Cancel);
        Assert.Equal(2, await RowsAsync());
        for (var hour = 0; hour < 50; hour += 2)
        {
            Time.Advance(TimeSpan.FromHours(2));
            await notes.PruneAsync(Cancel);
        }
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task AddAsync_BeyondACap_IsRefusedUntilOneMakesWay()
    {
        using var notes = new ViewerNoteStore(Database);
        var soon = await notes.AddAsync("ann", new NoteDraft("soon over", null, Time.GetUtcNow().AddMinutes(1)), Mia, Cancel);
        for (var note = 1; note < NoteRules.MostOfViewer; note++)
            await notes.AddAsync("ann", new NoteDraft("x"), Mia, Cancel);
        Assert.Equal(NoteRules.MostOfViewer, (await Assert.ThrowsAsync<StoreFullException>(() => notes.AddAsync("ann", new NoteDraft("x"), Mia, Cancel))).Most);
        Time.Advance(TimeSpan.FromMinutes(2));
        await notes.AddAsync("ann", new NoteDraft("x"), Mia, Cancel);
        Assert.DoesNotContain(soon, notes.Of("ann"));

        await PlantAsync(NoteRules.MostFlagged, ViewerFlag.Vip);
        await notes.ReloadAsync(Cancel);
        Assert.Equal(NoteRules.MostFlagged, (await Assert.ThrowsAsync<StoreFullException>(() => notes.AddAsync("ben", new NoteDraft("", ViewerFlag.Vip), Mia, Cancel))).Most);
        var plain = await notes.AddAsync("ben", new NoteDraft("without a flag"), Mia, Cancel);
        await Assert.ThrowsAsync<StoreFullException>(() => notes.ChangeAsync("ben", plain.Id, new NoteDraft("", ViewerFlag.Vip), Mia, mayChangeAny: true, Cancel));

        await PlantAsync(NoteRules.Most - NoteRules.MostFlagged - NoteRules.MostOfViewer - 1, null);
        await notes.ReloadAsync(Cancel);
        Assert.Equal(NoteRules.Most, (await Assert.ThrowsAsync<StoreFullException>(() => notes.AddAsync("ben", new NoteDraft("x"), Mia, Cancel))).Most);
    }

    [Fact]
    public async Task WatchList_OfFlags_IsLatestFirstAndShowsTroubleBeforeAll()
    {
        using var notes = new ViewerNoteStore(Database);
        var vip = await notes.AddAsync("ann", new NoteDraft("", ViewerFlag.Vip), Mia, Cancel);
        var speaker = await notes.AddAsync("ben", new NoteDraft("at nine", ViewerFlag.Speaker), Mia, Cancel);
        var trouble = await notes.AddAsync("ann", new NoteDraft("spams", ViewerFlag.Trouble), Mia, Cancel);
        await notes.AddAsync("ann", new NoteDraft("no flag"), Mia, Cancel);

        Assert.Equal([trouble, speaker, vip], notes.WatchList());
        Assert.Equal([speaker], notes.WatchList(ViewerFlag.Speaker));
        Assert.Equal(trouble, notes.WatchedFor("ann"));
        Assert.Null(notes.WatchedFor("cem"));
    }

    [Theory]
    [InlineData("", null, null, "text is missing")]
    [InlineData("   ", null, null, "text is missing")]
    [InlineData("a\tb", null, null, "no control characters but line breaks")]
    [InlineData("x", null, 0, "expiresAt must be in the future")]
    [InlineData("x", null, 3_661, "at most 3660 days away")]
    [InlineData("", ViewerFlag.Vip, 1, null)]
    [InlineData("a\nb", null, 3_660, null)]
    public void ProblemOf_Drafts_NamesFieldAndRule(string text, ViewerFlag? flag, int? days, string? problem)
    {
        var found = NoteRules.ProblemOf(new NoteDraft(text, flag, days is { } end ? Time.GetUtcNow().AddDays(end) : null), Time.GetUtcNow());

        if (problem is null)
            Assert.Null(found);
        else
            Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PassAsync_WatchedViewerJoins_IsToldOncePerArrivalInEachRoom()
    {
        using var notes = new ViewerNoteStore(Database);
        using var arrivals = new WatchedArrivals(Engine, notes);
        var told = new List<(string User, string Room)>();
        arrivals.Arrived += (_, news) => told.Add((news.Arrival.Note.UserId, news.Arrival.RoomId));
        Beat("ann", "early"); // before anybody was watched for
        await arrivals.PassAsync(Cancel);
        await notes.AddAsync("ann", new NoteDraft("", ViewerFlag.Vip), Mia, Cancel);
        await arrivals.PassAsync(Cancel);
        Assert.Empty(told);

        Beat("ann", "lobby");
        Beat("ben", "lobby");
        var joined = Time.GetUtcNow();
        await arrivals.PassAsync(Cancel);
        Assert.Equal([("ann", "lobby")], told);
        Assert.Equal(("lobby", joined), (arrivals.LatestOf("ann")!.RoomId, arrivals.LatestOf("ann")!.At));

        await RejoinAsync(WatchedArrivals.Away - TimeSpan.FromSeconds(1)); // never was away
        Assert.Single(told);
        Beat("ann", "stage");
        await arrivals.PassAsync(Cancel);
        Assert.Equal(("ann", "stage"), told[^1]);
        await RejoinAsync(WatchedArrivals.Away);
        Assert.Equal([("ann", "lobby"), ("ann", "stage"), ("ann", "lobby")], told);

        foreach (var note in notes.WatchList())
            await notes.DeleteAsync(note.UserId, note.Id, Mia, mayChangeAny: false, Cancel);
        await RejoinAsync(WatchedArrivals.Away);
        Assert.Equal(3, told.Count);

        async Task RejoinAsync(TimeSpan after)
        {
            Engine.Leave("lobby", "ann", "");
            await arrivals.PassAsync(Cancel);
            Time.Advance(after);
            Beat("ann", "lobby");
            await arrivals.PassAsync(Cancel);
        }
    }

    private void Beat(string userId, string roomId) => Engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "" });

    private async Task<IReadOnlyList<AuditRecord>> ActsAsync(string userId) => await new AuditLog(Database).ListAsync(new AuditQuery { UserId = userId }, 10, Cancel);

    private async Task<int> RowsAsync()
    {
        await using var context = Database.CreateDbContext();
        return await context.ViewerNotes.CountAsync(Cancel);
    }

    /// <summary>Many notes at once, each on another viewer, as if they had been added one by one.</summary>
    private async Task PlantAsync(int count, ViewerFlag? flag)
    {
        await using var context = Database.CreateDbContext();
        context.AddRange(Enumerable.Range(0, count).Select(number => new ViewerNoteRecord { UserId = $"{flag} {number}", Text = "x", Flag = flag, By = "mia", At = Time.GetUtcNow() }));
        await context.SaveChangesAsync(Cancel);
    }
}
