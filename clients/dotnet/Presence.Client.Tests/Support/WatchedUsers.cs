namespace Presence.Client.Tests.Support;

/// <summary>Watched users, as a sign each, and the stream they come from if the test made one.</summary>
internal sealed class WatchedUsers : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _ending = new();
    private readonly IAsyncEnumerator<IReadOnlyList<WatchedUser>> _users;
    private Task<bool> _next;

    public WatchedUsers(UserPresence presence, params string[] userIds)
    {
        _users = presence.WatchUsersAsync(userIds, Troubles.Add, _ending.Token).GetAsyncEnumerator(CancellationToken.None);
        _next = _users.MoveNextAsync().AsTask();
    }

    public List<PresenceException> Troubles { get; } = [];

    public bool HasNext => _next.IsCompleted;

    /// <summary>Watches anna and berta; the first stream opened is the one returned.</summary>
    public static (WatchedUsers Watched, FakeStream Stream) Of(World world)
    {
        var stream = Watched.Another(world);
        return (new WatchedUsers(world.User(), "anna", "berta"), stream);
    }

    public async Task<string> NextAsync()
    {
        Assert.True(await _next.WaitAsync(Patience), "The watch ended.");
        var users = string.Join(' ', _users.Current.Select(user => (user.IsOnline ? "+" : "-") + user.UserId));
        _next = _users.MoveNextAsync().AsTask();
        return users;
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
        await _users.DisposeAsync();
    }
}
