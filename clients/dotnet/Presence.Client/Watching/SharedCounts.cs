using System.Text.Json;
using Presence.Client.Heartbeats;
using Presence.Client.Http;

namespace Presence.Client.Watching;

/// <summary>
/// The one stream of an app for the counts of all rooms that it watches on a server: some platforms have few connections for one,
/// and heartbeats need theirs.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> One task runs while somebody follows. All else stands under the app's lock; streams are ended, followers told
/// and ended outside of it.</para>
/// </remarks>
internal sealed class SharedCounts(PresenceApp app, TimeProvider time, Func<double> chance)
{
    private const int MostRooms = 50;

    private static readonly TimeSpan GathersFor = TimeSpan.FromMilliseconds(250);

    private readonly List<CountFollower> _followers = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private WakeTimer? _wakeTimer;
    private CancellationTokenSource? _round;
    private string[] _rooms = [];
    private ITimer? _gathering;
    private int _failures;

    /// <returns>What <see cref="CountFollower.Failed"/> said, or null when it was cancelled or the count has to be asked for.</returns>
    public async Task<TimeSpan?> FollowAsync(CountFollower follower, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(static ended => ((CountFollower)ended!).End(pause: null), follower);
        int? known;
        lock (app.Gate)
        {
            _followers.Add(follower);
            known = _counts.TryGetValue(follower.RoomId, out var count) ? count : null;
        }
        if (known is { } told)
            follower.Tell(told);
        Changed();
        var pause = await follower.Ended.ConfigureAwait(false);
        lock (app.Gate)
            _followers.Remove(follower);
        Changed();
        return pause;
    }

    private void Changed()
    {
        CancellationTokenSource? over = null;
        WakeTimer? rung = null;
        var begins = false;
        CountFollower[] beyond;
        lock (app.Gate)
        {
            var wanted = ChooseNeedsLock(out beyond);
            if (_wakeTimer is null)
            {
                begins = wanted.Length > 0;
                _wakeTimer = begins ? new WakeTimer(time) : null;
            }
            else if (_round is null)
            {
                rung = wanted.Length == 0 ? _wakeTimer : null;
            }
            else if (!wanted.Intersect(_rooms, StringComparer.Ordinal).Any())
            {
                over = _round; // it has nothing to deliver
            }
            else
            {
                _gathering ??= time.CreateTimer(static counts => ((SharedCounts)counts!).Gathered(), this, GathersFor, Timeout.InfiniteTimeSpan);
            }
        }
        foreach (var follower in beyond)
            follower.End(pause: null);
        if (begins)
            _ = RunAsync();
        rung?.Ring();
        over?.Cancel();
    }

    /// <summary>Joins and leaves of the last moment are settled: the stream is opened again for the current followers.</summary>
    private void Gathered()
    {
        CancellationTokenSource? over;
        lock (app.Gate)
        {
            _gathering?.Dispose();
            _gathering = null;
            over = ChooseNeedsLock(out _).SequenceEqual(_rooms, StringComparer.Ordinal) ? null : _round;
        }
        over?.Cancel();
    }

    /// <summary>The rooms to be streamed: those that came first.</summary>
    /// <param name="beyond">Those who want another, and have to ask.</param>
    private string[] ChooseNeedsLock(out CountFollower[] beyond)
    {
        _followers.RemoveAll(static follower => follower.Ended.IsCompleted); // ended before it began to wait
        var rooms = _followers.Select(follower => follower.RoomId).Distinct(StringComparer.Ordinal).Take(MostRooms).ToArray();
        beyond = [.. _followers.Where(follower => Array.IndexOf(rooms, follower.RoomId) < 0)];
        Array.Sort(rooms, StringComparer.Ordinal);
        return rooms;
    }

    private async Task RunAsync()
    {
        while (Begin() is { } round)
            await round.WakeTimer.WaitAsync(await ReadAsync(round.Server, round.Rooms, round.Over).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private (WakeTimer WakeTimer, ViewerApi Server, string[] Rooms, CancellationTokenSource Over)? Begin()
    {
        lock (app.Gate)
        {
            var rooms = ChooseNeedsLock(out _);
            if (rooms.Length > 0)
                return (_wakeTimer!, _followers[0].Server, _rooms = rooms, _round = new CancellationTokenSource());
            _wakeTimer!.Dispose();
            _wakeTimer = null;
            return null;
        }
    }

    /// <summary>Reads one stream to its end; how long to wait before the next.</summary>
    private async Task<TimeSpan> ReadAsync(ViewerApi server, string[] rooms, CancellationTokenSource over)
    {
        PresenceException? error = null;
        var hasCounted = false;
        try
        {
            hasCounted = await EventStreamReader.ReadAsync(server, PathOf(rooms), told => TellEvent(told, rooms[0]), over.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = PresenceException.Of(exception);
        }
        lock (app.Gate)
        {
            _counts.Clear();
            _round = null;
            _gathering?.Dispose();
            _gathering = null;
        }
        if (over.IsCancellationRequested)
            return TimeSpan.Zero;
        if (error is not null)
            return Failed(server, error);
        if (hasCounted)
            return RetryPolicy.Delay(0, error: null, chance());
        foreach (var follower in Copy())
            follower.End(pause: null); // open but silent: something in between buffers the events
        return TimeSpan.Zero;
    }

    private TimeSpan Failed(ViewerApi server, PresenceException error)
    {
        foreach (var follower in Copy())
        {
            if (error.RoomIds is { } named)
            {
                if (named.Contains(follower.RoomId, StringComparer.Ordinal))
                    follower.End(pause: null); // its own token can have access, or gives the reason
            }
            else if ((follower.Server == server || !error.IsFinal) && follower.Failed(error) is { } pause)
            {
                follower.End(pause);
            }
        }
        return RetryPolicy.Delay(_failures++, error, chance());
    }

    /// <summary>Each event of a room tells the count after it, and in a stream of several which room it is of. One of an invitation tells no count.</summary>
    private bool TellEvent(JsonElement told, string onlyRoom)
    {
        if (told.TryGetProperty("invitedAt", out _) && told.Deserialize(PresenceJson.Default.StageInvitation) is { } invitation)
        {
            foreach (var follower in FollowersOf(invitation.RoomId))
                follower.Hear(invitation);
            return true;
        }
        if (!told.TryGetProperty("count", out var count) || count.ValueKind != JsonValueKind.Number || !count.TryGetInt32(out var number))
            return false;
        Tell(told.TryGetProperty("roomId", out var roomId) && roomId.ValueKind == JsonValueKind.String ? roomId.GetString()! : onlyRoom, number);
        return true;
    }

    private void Tell(string roomId, int count)
    {
        lock (app.Gate)
        {
            _failures = 0;
            _counts[roomId] = count;
        }
        foreach (var follower in FollowersOf(roomId))
            follower.Tell(count);
    }

    private CountFollower[] FollowersOf(string roomId) => [.. Copy().Where(follower => follower.RoomId == roomId)];

    private CountFollower[] Copy()
    {
        lock (app.Gate)
            return [.. _followers];
    }

    private static string PathOf(string[] rooms) => rooms.Length == 1
        ? RoomPath.Of(rooms[0]) + "/stream"
        : "/api/v1/presence/stream?" + string.Join("&", rooms.Select(room => "rooms[]=" + Uri.EscapeDataString(room)));
}
