using Presence.Client.Http;

namespace Presence.Client.Watching;

/// <summary>One who wants the count of a room from the app's stream.</summary>
/// <param name="server">The room's server, as this one's token sees it.</param>
/// <param name="roomId">The room.</param>
/// <param name="tell">Takes the counts.</param>
/// <param name="failed">Takes what went wrong; how long it looks elsewhere before it comes back, or null to stay while the stream is tried again.</param>
internal sealed class CountFollower(ViewerApi server, string roomId, Action<int> tell, Func<PresenceException, TimeSpan?> failed)
{
    private readonly TaskCompletionSource<TimeSpan?> _ended = new();

    public ViewerApi Server { get; } = server;

    public string RoomId { get; } = roomId;

    public Action<int> Tell { get; } = tell;

    public Func<PresenceException, TimeSpan?> Failed { get; } = failed;

    public Task<TimeSpan?> Ended => _ended.Task;

    /// <summary>It leaves the stream. What goes on from here runs at once, so call it outside of locks.</summary>
    public void End(TimeSpan? pause) => _ended.TrySetResult(pause);
}
