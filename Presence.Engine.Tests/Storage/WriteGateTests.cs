using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class WriteGateTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly WriterTrace _trace = new();
    private PresenceDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = _folder.Database();
        _database.ConnectionPrepared = _trace.Watch;
        await _database.OpenAsync(Cancel);
        await using var notes = Notes();
        await _database.MigrateAsync(notes, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Gate_EveryKindOfWriterAtOnce_NeverTwoInside()
    {
        var engine = new PresenceEngine(new ManualTimeProvider(), PresenceSettings.Default, new PresenceLimits());
        using var memberships = new MembershipStore(_database, engine);
        await memberships.RestoreAsync(Cancel);
        var users = new UserStore(_database);
        var tokens = new RevokedTokens(_database);
        var checkpointer = new Checkpointer(_database);

        var writing = Task.WhenAll(
            Repeat(i => users.SignInAsync($"user {i}", "name", isGuest: false, vouched: false, Cancel)),
            Repeat(i => users.SignInAsync($"user {i / 2}", $"name {i}", isGuest: false, vouched: true, Cancel)),
            Repeat(i => tokens.RevokeAsync($"token {i}", DateTimeOffset.UnixEpoch, Cancel)),
            Repeat(_ => tokens.PruneAsync(Cancel)),
            Repeat(SaveNoteAsync),
            Repeat(UpdateNotesAsync),
            Repeat(async i =>
            {
                engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = $"user {i}", SessionId = "" });
                engine.Leave("lobby", $"user {i - 3}", "");
                await memberships.FlushAsync(Cancel);
                await memberships.StampAliveAsync(Cancel);
            }));
        while (!writing.IsCompleted)
            await checkpointer.CheckpointAsync(Cancel);
        await writing;

        Assert.Null(_trace.Overlap);
        Assert.True(_trace.Checkpoints > 20, $"only {_trace.Checkpoints} checkpoints were seen");
        Assert.True(_trace.Writes > 600, $"only {_trace.Writes} writes were seen");
        Assert.True(_trace.Writers > 3, $"only {_trace.Writers} connections wrote");
        Assert.False(_database.Gate.IsHeld);
    }

    [Fact]
    public void Trace_TwoConnectionsWithoutTheGate_SeesThem()
    {
        using var first = _database.Connect();
        using var second = _database.Connect();
        using var transaction = first.BeginTransaction();

        using var command = second.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint";
        command.ExecuteNonQuery();

        Assert.Equal("PRAGMA wal_checkpoint", _trace.Overlap);
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("dispose")]
    public async Task Transaction_HoweverItEnds_HoldsTheGateUntilThen(string end)
    {
        await using var notes = Notes();
        await notes.Database.OpenConnectionAsync(Cancel); // so that the connection outlives the transaction
        var transaction = await notes.BeginWriteAsync(Cancel);
        notes.Notes.Add(new NotesContext.Note { Text = "one" });
        await notes.SaveChangesAsync(Cancel);
        notes.Notes.Add(new NotesContext.Note { Text = "two" });
        await notes.SaveChangesAsync(Cancel);
        await notes.UpdateAsync(notes.Notes, set => set.SetProperty(note => note.Text, "three"), Cancel);
        Assert.Equal(2, await notes.Notes.CountAsync(Cancel));
        Assert.True(_database.Gate.IsHeld);

        if (end == "commit")
            await transaction.CommitAsync(Cancel);
        else
            await transaction.DisposeAsync();

        Assert.False(_database.Gate.IsHeld);
        Assert.Equal(end == "commit" ? 2 : 0, await notes.Notes.CountAsync(Cancel));
    }

    [Fact]
    public void SaveChanges_Synchronous_IsRefused()
    {
        using var context = _database.CreateDbContext();

        Assert.Throws<InvalidOperationException>(() => context.SaveChanges());
    }

    [Fact]
    public async Task Transaction_Committed_LetsOthersWriteBeforeItIsDisposed()
    {
        await using var notes = Notes();
        await using var others = Notes();
        await using var transaction = await notes.BeginWriteAsync(Cancel);
        await transaction.CommitAsync(Cancel);

        others.Add(new NotesContext.Note());

        Assert.Equal(1, await others.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task Transaction_ThatCannotBegin_LeavesTheGateOpen()
    {
        using var stranger = new SqliteConnection($"Data Source={_folder.File};Pooling=False");
        stranger.Open();
        using var held = stranger.BeginTransaction();
        await using var notes = Notes();
        notes.Database.GetDbConnection().ConnectionString += ";Default Timeout=1";

        await Assert.ThrowsAsync<SqliteException>(() => notes.BeginWriteAsync(Cancel));

        Assert.False(_database.Gate.IsHeld);
    }

    [Fact]
    public async Task Command_ThatFails_LeavesTheGateOpen()
    {
        await using var notes = Notes();
        await notes.Database.OpenConnectionAsync(Cancel);

        await Assert.ThrowsAsync<SqliteException>(() => notes.ExecuteAsync($"""INSERT INTO "Notes" ("Id") VALUES (1)""", Cancel));

        Assert.False(_database.Gate.IsHeld);
    }

    [Fact]
    public async Task Query_WhileAnotherWrites_PassesTheGate()
    {
        await using var notes = Notes();
        using var lease = await _database.Gate.EnterAsync(Cancel);

        Assert.Equal(0, await notes.Notes.CountAsync(Cancel));
    }

    [Fact]
    public async Task EnterAsync_CancelledWhileWaiting_HoldsNothing()
    {
        using var cancel = new CancellationTokenSource();
        using var lease = await _database.Gate.EnterAsync(Cancel);
        await using var notes = Notes();
        notes.Notes.Add(new NotesContext.Note());

        var waiting = notes.SaveChangesAsync(cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        lease.Dispose();
        Assert.False(_database.Gate.IsHeld);
        Assert.Equal(1, await notes.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task EnterAsync_HeldForTooLong_TimesOut()
    {
        using var gate = new WriteGate(TimeSpan.FromMilliseconds(20));
        using var lease = await gate.EnterAsync(Cancel);

        await Assert.ThrowsAsync<StorageBusyException>(async () => await gate.EnterAsync(Cancel));
    }

    [Fact]
    public async Task Dispose_LeaseDisposedTwice_CountsOnce()
    {
        using var gate = new WriteGate();
        var first = await gate.EnterAsync(Cancel);
        first.Dispose();
        var second = await gate.EnterAsync(Cancel);

        first.Dispose();
        Assert.True(gate.IsHeld);

        second.Dispose();
        Assert.False(gate.IsHeld);
    }

    private static Task Repeat(Func<int, Task> write) => Task.Run(
        async () =>
        {
            for (var i = 0; i < 60; i++)
                await write(i);
        },
        Cancel);

    private NotesContext Notes() => NotesContext.Of(_database);

    private async Task SaveNoteAsync(int i)
    {
        await using var notes = Notes();
        await using var transaction = i % 3 == 0 ? await notes.BeginWriteAsync(Cancel) : null;
        notes.Notes.Add(new NotesContext.Note { Text = $"note {i}" });
        await notes.SaveChangesAsync(Cancel);
        if (i % 6 == 0)
            await transaction!.CommitAsync(Cancel);
    }

    private async Task UpdateNotesAsync(int i)
    {
        await using var notes = Notes();
        await notes.UpdateAsync(notes.Notes.Where(note => note.Id % 7 == i % 7), set => set.SetProperty(note => note.Text, "changed"), Cancel);
        await notes.DeleteAsync(notes.Notes.Where(note => note.Id % 11 == i % 11), Cancel);
    }
}
