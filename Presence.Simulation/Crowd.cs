using System.Globalization;
using Presence.Client;
using Presence.Client.Server;

namespace Presence.Simulation;

/// <summary>Decides who of a simulation comes, looks away and goes. Heartbeats are the clients' own affair.</summary>
/// <remarks>
/// <para><b>Threads.</b> One at a time.</para>
/// <para><b>Cost.</b> One client for each viewer. Those who went are remembered until the server has forgotten them.</para>
/// </remarks>
internal sealed class Crowd
{
    private static readonly TimeSpan HidesWithin = TimeSpan.FromSeconds(30);

    private readonly SimulateOptions _options;
    private readonly SocketsHttpHandler _connections;
    private readonly NetworkConditions _conditions;
    private readonly Traffic _traffic;
    private readonly TimeProvider _time;
    private readonly PresenceLogin? _login;
    private readonly ViewerTokens? _tokens;
    private readonly SignIns _signIns = new();
    private readonly CrowdUsers _users;
    private readonly List<CrowdMember> _watching = [];
    private readonly PriorityQueue<CrowdMember, TimeSpan> _hiding = new();
    private double _leaving;
    private TimeSpan _elapsed;

    public Crowd(SimulateOptions options, SocketsHttpHandler connections, NetworkConditions conditions, Traffic traffic, TimeProvider time)
    {
        _options = options;
        _connections = connections;
        _conditions = conditions;
        _traffic = traffic;
        _time = time;
        _users = new CrowdUsers(time);
        Rooms = new CrowdRooms(options.Rooms);
        if (options.Secret is { } secret)
            _tokens = new ViewerTokens(secret, time);
        else
            _login = new PresenceLogin(options.Url, options.Key!, new HttpClient(connections, disposeHandler: false), time);
    }

    public CrowdRooms Rooms { get; }

    /// <summary>How many watch, or are about to.</summary>
    public int Watching => _watching.Count;

    /// <summary>All viewers that the server may still count, including those who left.</summary>
    public IEnumerable<CrowdMember> Members => _watching.Concat(_users.Gone);

    /// <summary>How many know that they are counted.</summary>
    public int Present => _watching.Count(member => member.Viewer.State.Status == PresenceStatus.Present);

    /// <summary>Does what is due.</summary>
    /// <param name="elapsed">Since the beginning; never less than in the last step.</param>
    /// <param name="churns">Whether viewers leave and are replaced.</param>
    public void StepTo(TimeSpan elapsed, bool churns)
    {
        var passed = elapsed - _elapsed;
        _elapsed = elapsed;
        _leaving += churns ? _watching.Count * _options.Churn * passed.TotalMinutes : 0;
        for (; _leaving >= 1 && _watching.Count > 0; _leaving--)
            Go(_watching[Random.Shared.Next(_watching.Count)]);

        var wanted = (int)Math.Min(_options.Viewers, Math.Ceiling(_options.Viewers * (elapsed / _options.Arrival)));
        while (_watching.Count < wanted)
            Come();

        while (_hiding.TryPeek(out var member, out var at) && at <= elapsed)
        {
            _hiding.Dequeue();
            member.Viewer.Show(ViewerState.Hidden);
        }
    }

    /// <summary>All viewers leave with a request.</summary>
    public async Task LeaveAsync()
    {
        var all = _watching.ToArray();
        _watching.Clear();
        _hiding.Clear();
        foreach (var member in all)
            _users.Release(member);
        await Task.WhenAll(all.Select(member => member.Viewer.LeaveAsync()));
    }

    /// <summary>A token for reading, of a user outside the crowd.</summary>
    public Task<string> ObserverTokenAsync(CancellationToken cancellationToken) => TokenAsync("simulation-observer", cancellationToken);

    private void Come()
    {
        var user = _users.Next();
        var room = Rooms.Choose(Random.Shared.NextDouble());
        var userId = string.Create(CultureInfo.InvariantCulture, $"simulated-{user:00000}");
        var promised = new ExpectedPresence(_traffic, _time);
        var viewer = new SimulatedViewer(new SimulatedNetwork(_connections, _conditions, promised), new RoomPresenceOptions
        {
            BaseUrl = _options.Url,
            RoomId = Rooms.Ids[room],
            GetToken = _signIns.Of(userId, cancellationToken => TokenAsync(userId, cancellationToken)),
            Device = "simulation",
            TimeProvider = _time,
        });
        var member = new CrowdMember(user, room, viewer, promised);
        _watching.Add(member);
        if (Random.Shared.NextDouble() < _options.Hidden)
            _hiding.Enqueue(member, _elapsed + HidesWithin * Random.Shared.NextDouble());
        viewer.Enter();
    }

    private void Go(CrowdMember member)
    {
        _watching.Remove(member);
        _users.Release(member);
        _ = Random.Shared.NextDouble() < _options.Vanish ? member.Viewer.VanishAsync() : member.Viewer.LeaveAsync();
    }

    private async Task<string> TokenAsync(string userId, CancellationToken cancellationToken) => _login is not null
        ? await _login.LogInAsync(userId, userId, cancellationToken: cancellationToken)
        : _tokens!.Sign(new ViewerIdentity(userId), TimeSpan.FromDays(30));
}

/// <summary>One of the crowd: who, where, and what is known of its presence.</summary>
/// <param name="user">A number; the user's id is made of it.</param>
/// <param name="room">The room's place among the rooms.</param>
/// <param name="viewer">The client that sends its heartbeats.</param>
/// <param name="promised">From when until when it counts.</param>
internal sealed class CrowdMember(int user, int room, SimulatedViewer viewer, ExpectedPresence promised)
{
    public int User => user;

    public int Room => room;

    public SimulatedViewer Viewer => viewer;

    public ExpectedPresence Promised => promised;
}

/// <summary>The rooms of a simulation: a few large and many small, as audiences are.</summary>
internal sealed class CrowdRooms
{
    private readonly double[] _upTo;

    public CrowdRooms(int count)
    {
        Ids = [.. Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"simulated-{number:000}"))];
        _upTo = new double[count];
        var sum = 0.0;
        for (var room = 0; room < count; room++)
            _upTo[room] = sum += 1 / Math.Sqrt(room + 1);
    }

    public IReadOnlyList<string> Ids { get; }

    /// <summary>The room a viewer joins.</summary>
    /// <param name="chance">0 up to, not including, 1.</param>
    public int Choose(double chance)
    {
        var found = Array.BinarySearch(_upTo, chance * _upTo[^1]);
        return Math.Min(found < 0 ? ~found : found, _upTo.Length - 1);
    }
}

/// <summary>
/// Numbers of users. One who went is used again once the server has forgotten it, so that nobody is counted twice; bounded by
/// the viewers, and those who went during one presence timeout.
/// </summary>
internal sealed class CrowdUsers(TimeProvider time)
{
    /// <summary>How far back a comparison of counts can look.</summary>
    private static readonly TimeSpan LooksBack = TimeSpan.FromSeconds(30);

    private readonly List<CrowdMember> _gone = [];
    private readonly Queue<int> _free = new();
    private int _last;

    /// <summary>Those who went and may be counted yet.</summary>
    public IEnumerable<CrowdMember> Gone => _gone;

    public int Next()
    {
        if (_free.Count == 0)
            Forget();
        return _free.TryDequeue(out var user) ? user : ++_last;
    }

    public void Release(CrowdMember member) => _gone.Add(member);

    private void Forget()
    {
        var before = time.GetTimestamp() - (long)(LooksBack.TotalSeconds * time.TimestampFrequency);
        foreach (var member in _gone.Where(member => member.Promised.IsOver(before)))
            _free.Enqueue(member.User);
        _gone.RemoveAll(member => member.Promised.IsOver(before));
    }
}
