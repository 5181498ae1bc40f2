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

    private Task<long> DeleteAsync(int below) => Database.DeleteInPiecesAsync<RevokedTokenRecord>($"\"ExpiresAt\" < {below}", Cancel);

    private async Task<int> LeftAsync()
    {
        await using var context = Database.CreateDbContext();
        return await context.RevokedTokens.CountAsync(Cancel);
    }
}
