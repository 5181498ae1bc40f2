using System.Globalization;
using Presence.Client;
using Presence.Client.Server;

namespace Presence.Dashboard.Simulation;

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

    /// <summary>All that the server may still count, the gone ones among them.</summary>
    public IEnumerable<CrowdMember> Members => _watching.Concat(_users.Gone);

    /// <summary>How many know that they are counted.</summary>
    public int Present => _watching.Count(member => member.Viewer.State.Status == PresenceStatus.Present);

    /// <summary>Does what is due.</summary>
    /// <param name="elapsed">Since the beginning; never less than in the last step.</param>
    /// <param name="churns">Whether somebody goes, to be replaced.</param>
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

    /// <summary>Everybody leaves properly.</summary>
    public async Task LeaveAsync()
    {
        var all = _watching.ToArray();
        _watching.Clear();
        _hiding.Clear();
        foreach (var member in all)
            _users.Release(member);
        await Task.WhenAll(all.Select(member => member.Viewer.LeaveAsync()));
    }

    /// <summary>A token for whoever only looks: nobody of the crowd.</summary>
    public Task<string> ObserverTokenAsync(CancellationToken cancellationToken) => TokenAsync("simulation-observer", cancellationToken);

    private void Come()
    {
        var user = _users.Next();
        var room = Rooms.Choose(Random.Shared.NextDouble());
        var userId = string.Create(CultureInfo.InvariantCulture, $"simulated-{user:00000}");
        var promised = new PromisedPresence(_traffic, _time);
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
