using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>The bound itself: how many run, how many wait, and who is refused.</summary>
public sealed class PasswordHashingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(8, 7)]
    public async Task RunAsync_OfAnyNumber_LeavesACoreAndRefusesWhatCannotWait(int cores, int atOnce)
    {
        using var hashing = new PasswordHashing(cores);
        using var gate = new ManualResetEventSlim();
        using var started = new SemaphoreSlim(0);
        var (running, most) = (0, 0);
        int Hash()
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            started.Release();
            gate.Wait(Cancel);
            return Interlocked.Decrement(ref running);
        }

        var accepted = Enumerable.Range(0, atOnce + PasswordHashing.MostWaiting).Select(_ => hashing.RunAsync(Hash, Cancel)).ToList();
        for (var i = 0; i < atOnce; i++)
            await started.WaitAsync(Cancel);

        Assert.Equal(atOnce, hashing.MostAtOnce);
        Assert.True(hashing.IsFull);
        for (var i = 0; i < 1_000; i++)
            await Assert.ThrowsAsync<HashingBusyException>(() => hashing.RunAsync(Hash, Cancel));
        var begun = running;
        gate.Set(); // before anything is held against it: those who run wait for nobody then
        await Task.WhenAll(accepted);

        Assert.Equal(atOnce, begun);
        Assert.InRange(most, 1, atOnce);
        Assert.False(hashing.IsFull);
        await hashing.RunAsync(Hash, Cancel);
    }

    [Fact]
    public async Task RunAsync_OfACallerThatLeft_MakesRoom()
    {
        using var hashing = new PasswordHashing(1);
        using var gate = new ManualResetEventSlim();
        using var leaving = new CancellationTokenSource();
        bool Hash()
        {
            gate.Wait(Cancel);
            return true;
        }
        var first = hashing.RunAsync(Hash, Cancel);
        var waiting = Enumerable.Range(0, PasswordHashing.MostWaiting).Select(_ => hashing.RunAsync(Hash, leaving.Token)).ToList();

        await leaving.CancelAsync();
        try
        {
            // Those that ran although they should wait would not leave.
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(10), Cancel));
            Assert.False(hashing.IsFull);
        }
        finally
        {
            gate.Set();
        }
        Assert.True(await first);
    }

    [Fact]
    public async Task RunAsync_DoesNotRunOnThePool()
    {
        using var hashing = new PasswordHashing();

        Assert.False(await hashing.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread, Cancel));
    }
}
