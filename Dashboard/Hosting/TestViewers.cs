using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Hosting;

/// <summary>Viewers that a moderator sends to see a page live: each watches for a minute by heartbeats like any other, and leaves.</summary>
/// <remarks>
/// <para><b>Mark.</b> One user id, name and device for all of them; no client can have the device by chance.</para>
/// <para><b>Bound.</b> <see cref="Most"/> rooms at once, one in each: sent again it stays for another minute.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class TestViewers(IPresence presence, TimeProvider time) : IDisposable
{
    public const int Most = 10;
    public const string UserId = "test-viewer";

    public static readonly TimeSpan Stay = TimeSpan.FromMinutes(1);

    private const string SessionId = "dashboard";

    private static readonly UserProfile Profile = new("Test viewer", null);
    private static readonly SessionDevice Device = new("Test from the dashboard", null);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Dictionary<string, Sent> _sent = new(PresenceComparers.RoomId);

    /// <summary>Lets one appear in a room.</summary>
    /// <returns>What the engine answered its heartbeat; null when there are as many as may be. It isn't there then.</returns>
    public async Task<HeartbeatOutcome?> SendAsync(string roomId)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            if (_sent.Count >= Most && !_sent.ContainsKey(roomId))
                return null;
            var now = time.GetTimestamp();
            var receipt = await BeatAsync(roomId);
            if (receipt.Outcome == HeartbeatOutcome.Accepted)
                _sent[roomId] = new Sent(now, now, receipt.Settings.HeartbeatInterval);
            return receipt.Outcome;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Sends the heartbeats that are due, and lets those leave whose minute is over. Called once a second.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetTimestamp();
            foreach (var (roomId, sent) in _sent.ToArray())
            {
                if (time.GetElapsedTime(sent.At, now) >= Stay)
                {
                    await presence.LeaveAsync(roomId, UserId, SessionId);
                    _sent.Remove(roomId);
                }
                else if (time.GetElapsedTime(sent.BeatAt, now) >= sent.Interval)
                {
                    var receipt = await BeatAsync(roomId);
                    if (receipt.Outcome == HeartbeatOutcome.Accepted)
                        _sent[roomId] = sent with { BeatAt = now, Interval = receipt.Settings.HeartbeatInterval };
                    else
                        _sent.Remove(roomId); // a client would be told the same
                }
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private ValueTask<HeartbeatReceipt> BeatAsync(string roomId) =>
        presence.HeartbeatAsync(new Heartbeat { RoomId = roomId, UserId = UserId, SessionId = SessionId, Profile = Profile, Device = Device });

    private readonly record struct Sent(long At, long BeatAt, TimeSpan Interval);
}
