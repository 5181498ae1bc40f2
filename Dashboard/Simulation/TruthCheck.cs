using System.Net.Http.Headers;
using System.Text.Json;

namespace Presence.Dashboard.Simulation;

/// <summary>Asks the server for its counts, and compares them with what the viewers know. Asking counts nobody.</summary>
internal sealed class TruthCheck : IDisposable
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

    public TruthCheck(SimulateOptions options, Crowd crowd, TimeProvider time)
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
