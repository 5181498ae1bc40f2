using System.Net.Http.Headers;
using System.Text.Json;

namespace Presence.Simulation;

/// <summary>Asks the server for its counts, and compares them with what the viewers know. Asking doesn't count as watching.</summary>
internal sealed class CountVerifier : IDisposable
{
    /// <summary>Reads answer as of the last sweep, at most a second ago.</summary>
    private static readonly TimeSpan OldestRead = TimeSpan.FromSeconds(1);

    /// <summary>As many as the server tells in one answer.</summary>
    private const int MostRooms = 200;

    private readonly Crowd _crowd;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly long _beganAt;
    private string? _token;

    public CountVerifier(SimulateOptions options, Crowd crowd, TimeProvider time)
    {
        _crowd = crowd;
        _time = time;
        _beganAt = time.GetTimestamp();
        _http = new HttpClient(options.NewConnections()) { BaseAddress = new Uri(options.Url.AbsoluteUri.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(10) };
        Rooms = [.. crowd.Rooms.Ids.Select(id => new RoomComparison(id))];
    }

    public IReadOnlyList<RoomComparison> Rooms { get; }

    /// <summary>How often the server was asked and answered.</summary>
    public int Samples { get; private set; }

    /// <exception cref="HttpRequestException">The server was not there, or refused.</exception>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        for (var start = 0; start < Rooms.Count; start += MostRooms)
            await SampleAsync(start, Math.Min(MostRooms, Rooms.Count - start), cancellationToken);
        Samples++;
    }

    /// <summary>The heartbeat interval in force.</summary>
    /// <exception cref="HttpRequestException">The server was not there, or refused.</exception>
    public async Task<TimeSpan> IntervalAsync(CancellationToken cancellationToken)
    {
        using var settings = await GetAsync("api/v1/presence/settings", cancellationToken);
        return TimeSpan.FromSeconds(settings.RootElement.GetProperty("network").GetProperty("heartbeatInterval").GetDouble());
    }

    public void Dispose() => _http.Dispose();

    private async Task SampleAsync(int start, int count, CancellationToken cancellationToken)
    {
        var query = string.Join('&', Rooms.Skip(start).Take(count).Select(room => "ids[]=" + Uri.EscapeDataString(room.RoomId)));
        var from = _time.GetTimestamp() - (long)(OldestRead.TotalSeconds * _time.TimestampFrequency);
        using var answer = await GetAsync("api/v1/presence/rooms?" + query, cancellationToken);
        var to = _time.GetTimestamp();

        var least = new int[Rooms.Count];
        var most = new int[Rooms.Count];
        foreach (var member in _crowd.Members)
        {
            least[member.Room] += member.Promised.MustCount(from, to) ? 1 : 0;
            most[member.Room] += member.Promised.MayCount(from, to) ? 1 : 0;
        }
        var elapsed = _time.GetElapsedTime(_beganAt);
        var room = start;
        foreach (var told in answer.RootElement.GetProperty("rooms").EnumerateArray())
        {
            Rooms[room].Take(elapsed, told.GetProperty("count").GetInt32(), least[room], most[room]);
            room++;
        }
    }

    private async Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken)
    {
        _token ??= await _crowd.ObserverTokenAsync(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var response = await _http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }
}

/// <summary>
/// What one viewer in one room knows of its own presence: from when until when the server must count it, and from when until when
/// it may, since a request was on its way or its answer was lost. Fed by what passes on the viewer's network.
/// </summary>
/// <remarks><b>Threads.</b> Any. Timestamps are those of the simulation's clock.</remarks>
internal sealed class ExpectedPresence(Traffic traffic, TimeProvider time) : ITrafficListener
{
    /// <summary>How late the server may notice a deadline.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>Where the server has not said yet how long a heartbeat counts.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(60);

    private readonly Lock _lock = new();
    private TimeSpan _timeout = LongestTimeout;
    private long _mustFrom = long.MaxValue;
    private long _mustUntil = long.MinValue;
    private long _mayFrom = long.MaxValue;
    private long _mayUntil = long.MinValue;

    /// <summary>Whether the server must have counted this viewer all that time.</summary>
    public bool MustCount(long from, long to)
    {
        lock (_lock)
            return _mustFrom <= from && _mustUntil >= to;
    }

    /// <summary>Whether it may have, at some moment of it.</summary>
    public bool MayCount(long from, long to)
    {
        lock (_lock)
            return _mayFrom <= to && _mayUntil >= from;
    }

    public void Lost() => traffic.CountLost();

    public void Sending(InFlightRequest passage)
    {
        traffic.CountSent(passage);
        lock (_lock)
        {
            if (passage.IsHeartbeat)
            {
                _mayFrom = Math.Min(_mayFrom, passage.SentAt);
                _mayUntil = Math.Max(_mayUntil, passage.SentAt + Ticks(_timeout + Sweep));
            }
            else if (passage.IsLeave)
            {
                _mustUntil = Math.Min(_mustUntil, passage.SentAt);
            }
        }
    }

    public void Answered(InFlightRequest passage, int status, ReadOnlyMemory<byte> body)
    {
        traffic.CountAnswer(passage, status);
        var now = time.GetTimestamp();
        var isTaken = status is >= 200 and < 300;
        var timeout = passage.IsHeartbeat && isTaken ? TimeoutOf(body) : (TimeSpan?)null;
        lock (_lock)
        {
            if (passage.IsLeave && isTaken)
            {
                _mayUntil = now;
            }
            else if (passage.IsHeartbeat && !isTaken)
            {
                _mustUntil = Math.Min(_mustUntil, passage.SentAt); // disabled, banned or too fast: whether the session counted before is unknown here
            }
            else if (timeout is { } promised)
            {
                _timeout = promised;
                if (_mustUntil < passage.SentAt)
                    _mustFrom = now;
                _mustUntil = passage.SentAt + Ticks(promised);
                _mayUntil = now + Ticks(promised + Sweep);
            }
        }
    }

    public void Unanswered(InFlightRequest passage)
    {
        traffic.CountUnanswered();
        if (!passage.IsHeartbeat)
            return;
        lock (_lock)
            _mayUntil = Math.Max(_mayUntil, time.GetTimestamp() + Ticks(_timeout + Sweep));
    }

    /// <summary>Whether the server has forgotten it, whatever was lost on the way.</summary>
    public bool IsOver(long at)
    {
        lock (_lock)
            return _mayUntil < at;
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);

    private static TimeSpan TimeoutOf(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return TimeSpan.FromSeconds(document.RootElement.GetProperty("presenceTimeoutSeconds").GetDouble());
    }
}

/// <summary>How far the server's count of one room was from the truth, over time.</summary>
/// <param name="roomId">The room.</param>
internal sealed class RoomComparison(string roomId)
{
    private TimeSpan? _wrongSince;

    public string RoomId => roomId;

    /// <summary>The last count the server told.</summary>
    public int Count { get; private set; }

    /// <summary>The least and the most that count could rightly have been.</summary>
    public (int Least, int Most) Truth { get; private set; }

    /// <summary>How far the last count was beyond that; 0 when it was right.</summary>
    public int Deviation { get; private set; }

    /// <summary>The farthest it ever was, either way.</summary>
    public int WorstDeviation { get; private set; }

    /// <summary>The longest it was wrong without a break.</summary>
    public TimeSpan LongestWrong { get; private set; }

    public void Take(TimeSpan at, int count, int least, int most)
    {
        Count = count;
        Truth = (least, most);
        Deviation = count < least ? count - least : count > most ? count - most : 0;
        if (Math.Abs(Deviation) > Math.Abs(WorstDeviation))
            WorstDeviation = Deviation;
        if (Deviation == 0)
        {
            _wrongSince = null;
            return;
        }
        _wrongSince ??= at;
        if (at - _wrongSince.Value is var wrong && wrong > LongestWrong)
            LongestWrong = wrong;
    }
}

/// <summary>All rooms' counts together beside the truth, when the server was asked.</summary>
/// <param name="At">Since the beginning.</param>
/// <param name="Count">What the server told.</param>
/// <param name="Least">The least that could rightly have been.</param>
/// <param name="Most">The most.</param>
/// <param name="WrongRooms">Rooms whose count was wrong.</param>
internal sealed record CountedMoment(TimeSpan At, int Count, int Least, int Most, int WrongRooms)
{
    public static CountedMoment Of(TimeSpan at, IReadOnlyList<RoomComparison> rooms) => new(
        at,
        rooms.Sum(room => room.Count),
        rooms.Sum(room => room.Truth.Least),
        rooms.Sum(room => room.Truth.Most),
        rooms.Count(room => room.Deviation != 0));
}
