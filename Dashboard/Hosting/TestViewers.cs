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
internal sealed class TestViewers(PresenceEngine engine, TimeProvider time)
{
    public const int Most = 10;
    public const string UserId = "test-viewer";

    public static readonly TimeSpan Stay = TimeSpan.FromMinutes(1);

    private const string SessionId = "dashboard";

    private static readonly UserProfile Profile = new("Test viewer", null);
    private static readonly SessionDevice Device = new("Test from the dashboard", null);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Sent> _sent = new(PresenceComparers.RoomId);

    /// <summary>Lets one appear in a room.</summary>
    /// <returns>What the engine answered its heartbeat; null when there are as many as may be. It isn't there then.</returns>
    public HeartbeatOutcome? Send(string roomId)
    {
        lock (_lock)
        {
            if (_sent.Count >= Most && !_sent.ContainsKey(roomId))
                return null;
            var now = time.GetTimestamp();
            var receipt = Beat(roomId);
            if (receipt.Outcome == HeartbeatOutcome.Accepted)
                _sent[roomId] = new Sent(now, now, receipt.Settings.HeartbeatInterval);
            return receipt.Outcome;
        }
    }

    /// <summary>Sends the heartbeats that are due, and lets those leave whose minute is over. Called once a second.</summary>
    public void Pass()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var (roomId, sent) in _sent.ToArray())
            {
                if (time.GetElapsedTime(sent.At, now) >= Stay)
                {
                    engine.Leave(roomId, UserId, SessionId);
                    _sent.Remove(roomId);
                }
                else if (time.GetElapsedTime(sent.BeatAt, now) >= sent.Interval)
                {
                    var receipt = Beat(roomId);
                    if (receipt.Outcome == HeartbeatOutcome.Accepted)
                        _sent[roomId] = sent with { BeatAt = now, Interval = receipt.Settings.HeartbeatInterval };
                    else
                        _sent.Remove(roomId); // a client would be told the same
                }
            }
        }
    }

    private HeartbeatReceipt Beat(string roomId) =>
        engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = UserId, SessionId = SessionId, Profile = Profile, Device = Device });

    private readonly record struct Sent(long At, long BeatAt, TimeSpan Interval);
}
