using Microsoft.EntityFrameworkCore;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class WritePiecesTests : IAsyncLifetime
{
    private const int Rows = 4_000;

    private readonly ManualTimeProvider _time = new();
    private readonly DatabaseFolder _folder = new();
    private StorageWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PresenceDatabase Database => _world.Database;

    public async ValueTask InitializeAsync()
    {
        _world = await StorageWorld.StartAsync(_folder, _time);
        await using var context = Database.CreateDbContext();
        await context.ExecuteAsync(
            $"""WITH RECURSIVE "n"("i") AS (SELECT 0 UNION ALL SELECT "i" + 1 FROM "n" WHERE "i" < {Rows - 1}) INSERT INTO "RevokedTokens" SELECT 'token ' || "i", "i" FROM "n" """, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task DeleteInPiecesAsync_ManyRows_DeletesThoseAndNoOthers()
    {
        Assert.Equal(3_630, await DeleteAsync(3_630));

        Assert.Equal(Rows - 3_630, await LeftAsync());
        await using var context = Database.CreateDbContext();
        Assert.DoesNotContain(context.RevokedTokens, token => token.ExpiresAt < DateTimeOffset.FromUnixTimeMilliseconds(3_630));
    }

    [Fact]
    public async Task DeleteInPiecesAsync_SlowDisk_LetsAWriterInAfterOnePiece()
    {
        var first = await Database.Gate.EnterAsync(Cancel);
        _world.Trace.OnWrite = () => _time.Advance(TimeSpan.FromMilliseconds(4)); // what 100 rows take
        var deleting = DeleteAsync(Rows);
        var second = Database.Gate.EnterAsync(Cancel).AsTask();
        var asked = _time.GetTimestamp();

        first.Dispose();
        using (await second)
        {
            Assert.InRange(_time.GetElapsedTime(asked), TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(50));
            Assert.InRange(await LeftAsync(), Rows - 1_000, Rows - 100);
            _world.Trace.OnWrite = null;
        }

        Assert.Equal(Rows, await deleting);
        Assert.Equal(0, await LeftAsync());
    }

    [Fact]
    public async Task DeleteInPiecesAsync_Cancelled_KeepsTheRestAndHoldsNothing()
    {
        using var cancel = new CancellationTokenSource();
        var writes = 0;
        _world.Trace.OnWrite = () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(4));
            if (++writes == 12)
                cancel.Cancel();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Database.DeleteInPiecesAsync<RevokedTokenRecord>($"\"ExpiresAt\" < {Rows}", cancel.Token));

        _world.Trace.OnWrite = null;
        Assert.False(Database.Gate.IsHeld);
        Assert.InRange(await LeftAsync(), 1, Rows - 100);
    }

    [Fact]
    public async Task ShrinkInPiecesAsync_AfterDeletingMostRows_ShortensTheFileInStepsWhileOthersWrite()
    {
        await AddLargeRowsAsync(Database);
        await new Checkpointer(Database).CheckpointAsync(Cancel);
        var whole = FileLength();
        var waits = new List<TimeSpan>();
        var pages = new List<long>();
        using var connection = Database.Connect();
        using var count = connection.CreateCommand();
        count.CommandText = "PRAGMA page_count";
        var logs = new List<long>();
        _world.Trace.OnWrite = () => _time.Advance(TimeSpan.FromMilliseconds(2)); // what 100 rows, 16 pages, a checkpoint take

        var turn = await Database.Gate.EnterAsync(Cancel);
        var shrinking = DeleteAndShrinkAsync();
        while (!shrinking.IsCompleted)
        {
            var asked = _time.GetTimestamp();
            var next = Database.Gate.EnterAsync(Cancel).AsTask(); // behind a piece that waits for this turn to end
            turn.Dispose();
            turn = await next;
            waits.Add(_time.GetElapsedTime(asked));
            pages.Add((long)count.ExecuteScalar()!);
            logs.Add(new Checkpointer(Database).LogSize());
        }
        turn.Dispose();
        var (deleted, givenBack) = await shrinking;
        _world.Trace.OnWrite = null;
        await new Checkpointer(Database).CheckpointAsync(Cancel);

        Assert.Equal(Rows * 9 / 10, deleted);
        Assert.Equal(whole - FileLength(), givenBack);
        Assert.InRange(FileLength(), 1, whole / 4);
        Assert.InRange(waits.Max(), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(50));
        Assert.Equal(pages.OrderDescending(), pages);
        Assert.True(pages.Distinct().Count() > 20, string.Join(' ', pages.Distinct()));
        Assert.InRange(logs.Max(), 1, Checkpointer.WorthEmptying * 3);
        Assert.True(waits.Count > 40, $"only {waits.Count} pieces");
    }

    [Fact]
    public async Task ShrinkInPiecesAsync_LittleIsUnused_WritesNothing()
    {
        await DeleteAsync(Rows);
        var writes = _world.Trace.Writes;

        Assert.Equal(0, await Database.ShrinkInPiecesAsync(Cancel));

        Assert.Equal(writes, _world.Trace.Writes);
    }

    [Fact]
    public async Task DeleteInPiecesAsync_ReaderKeepsTheLog_StopsBeforeTheLogIsLargeAndGoesOnLater()
    {
        await new Checkpointer(Database).CheckpointAsync(Cancel);
        await _world.DisposeAsync();
        await using var database = new PresenceDatabase(_folder.Path, _time) { MostLog = 1, ConnectionPrepared = _world.Trace.Watch };
        await database.OpenAsync(Cancel);
        _world.Trace.OnWrite = () => _time.Advance(TimeSpan.FromMilliseconds(2));
        long deleted;
        using (var connection = database.Connect())
        using (var reading = connection.BeginTransaction(deferred: true))
        {
            using var reads = connection.CreateCommand();
            reads.CommandText = """SELECT count(*) FROM "RevokedTokens" """;
            reads.ExecuteScalar();
            await AddLargeRowsAsync(database); // which the reader doesn't see, so that they stay in the log

            deleted = await database.DeleteInPiecesAsync<RevokedTokenRecord>($"\"ExpiresAt\" >= {0}", Cancel);

            Assert.InRange(deleted, 100, Rows);
        }

        Assert.Equal(2 * Rows - deleted, await database.DeleteInPiecesAsync<RevokedTokenRecord>($"\"ExpiresAt\" >= {0}", Cancel));
    }

    private async Task<(long Deleted, long GivenBack)> DeleteAndShrinkAsync() =>
        (await Database.DeleteInPiecesAsync<RevokedTokenRecord>($"\"ExpiresAt\" >= {Rows} AND \"ExpiresAt\" < {Rows + (Rows * 9 / 10)}", Cancel), await Database.ShrinkInPiecesAsync(Cancel));

    /// <summary>As many rows again, of 2 KB each: 16 MB with their index.</summary>
    private static async Task AddLargeRowsAsync(PresenceDatabase database)
    {
        await using var context = database.CreateDbContext();
        await context.ExecuteAsync(
            $"""WITH RECURSIVE "n"("i") AS (SELECT {Rows} UNION ALL SELECT "i" + 1 FROM "n" WHERE "i" < {(2 * Rows) - 1}) INSERT INTO "RevokedTokens" SELECT 'token ' || "i" || hex(zeroblob(1000)), "i" FROM "n" """, Cancel);
    }

    private long FileLength() => new FileInfo(Database.FilePath).Length;

    private Task<long> DeleteAsync(int below) => Database.DeleteInPiecesAsync<RevokedTokenRecord>($"\"ExpiresAt\" < {below}", Cancel);

    private async Task<int> LeftAsync()
    {
        await using var context = Database.CreateDbContext();
        return await context.RevokedTokens.CountAsync(Cancel);
    }
}
