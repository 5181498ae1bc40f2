namespace Presence.Client.Tests.Support;

/// <summary>A watched count, and the stream it comes from if the test made one.</summary>
internal sealed class Watched : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _ending = new();
    private readonly IAsyncEnumerator<int> _counts;
    private Task<bool> _next;

    public Watched(RoomPresence presence, TimeSpan minimumInterval = default)
    {
        _counts = presence.WatchCountAsync(minimumInterval, Troubles.Add, _ending.Token).GetAsyncEnumerator(CancellationToken.None);
        _next = _counts.MoveNextAsync().AsTask();
    }

    public List<PresenceException> Troubles { get; } = [];

    /// <summary>Watches; the first stream opened is the one returned.</summary>
    public static (Watched Watched, FakeStream Stream) Of(World world, RoomPresence presence)
    {
        var stream = Another(world);
        return (new Watched(presence), stream);
    }

    /// <summary>The next stream opened.</summary>
    public static FakeStream Another(World world)
    {
        var stream = new FakeStream();
        world.Server.Answer(request => request.IsStream, stream.Response);
        return stream;
    }

    /// <summary>Whether there is another count to be had at once.</summary>
    public bool HasNext => _next.IsCompleted;

    public async Task<int> NextAsync()
    {
        Assert.True(await _next.WaitAsync(Patience), "The watch ended.");
        var count = _counts.Current;
        _next = _counts.MoveNextAsync().AsTask();
        return count;
    }

    /// <summary>How it ended, which it must have; null at its own wish.</summary>
    public async Task<PresenceException?> EndAsync()
    {
        try
        {
            Assert.False(await _next.WaitAsync(Patience), "The watch goes on.");
            return null;
        }
        catch (PresenceException exception)
        {
            return exception;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        try
        {
            await _next;
        }
        catch (Exception exception) when (exception is OperationCanceledException or PresenceException)
        {
            // Ended, one way or the other.
        }
        await _counts.DisposeAsync();
    }
}
