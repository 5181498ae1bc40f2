using System.Net;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>The open streams: how many there may be, which must end, and the feeds they share.</summary>
/// <remarks>
/// <para><b>Bound.</b> The caps of the configuration; as many feeds of changes, and fifty times as many of counts alone, those kept
/// a minute for who comes back included.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class EventStreams : IDisposable
{
    /// <summary>After so long without anything to say a comment keeps proxies from giving the connection up.</summary>
    public static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(15);

    /// <summary>The same of a share link's stream: its page shows nothing when it hears nothing, and what it shows also changes as time passes.</summary>
    public static readonly TimeSpan LongestQuietOfLinks = TimeSpan.FromSeconds(1);

    /// <summary>Of one share link: an audience of its own, each with a page or a stream's picture.</summary>
    public const int MostOfLink = 100;

    /// <summary>A reader that reads nothing for this long has disconnected or is hostile.</summary>
    public static readonly TimeSpan LongestSending = TimeSpan.FromSeconds(20);

    /// <summary>How long a room's changes are kept for a stream that was cut off.</summary>
    private static readonly TimeSpan KeptIdle = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly IPresence _presence;
    private readonly ClientAuthenticator _authenticator;
    private readonly BannedDevices _devices;
    private readonly DashboardOptions.LimitsOptions _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HashSet<EventStream> _streams = [];
    private readonly Shares<string> _ofPrincipal;
    private readonly Shares<string> _ofLink = new(MostOfLink);
    private readonly Shares<AddressKey> _ofAddress;
    private readonly Dictionary<string, CountFeed> _feeds = new(PresenceComparers.RoomId);
    private readonly Dictionary<string, CountFeed> _counts = new(PresenceComparers.RoomId);
    private readonly CancellationTokenRegistration _stopping;
    private readonly StageStore _stages;
    private bool _isStopped;
    private int _pulses;

    public EventStreams(IPresence presence, StageStore stages, ClientAuthenticator authenticator, BannedDevices devices, DashboardOptions options, LimitUsageRegistry caps, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<EventStreams> log)
    {
        (_presence, _authenticator, _devices, _limits, _time, _log) = (presence, authenticator, devices, options.Limits, time, log);
        _ofPrincipal = new Shares<string>(_limits.StreamsPerPrincipal);
        _ofAddress = new Shares<AddressKey>(_limits.StreamsPerAddress);

        // Above every number of an earlier run, so that a stream of several rooms interrupted by a restart never takes its old position for one of this run.
        Versions = new StreamVersions(time.GetUtcNow().ToUnixTimeMilliseconds() << 10);
        _stages = stages;
        stages.Changed += SignalInvited;
        caps.Add(LimitKind.Streams, () => Count, _limits.Streams);
        _stopping = lifetime.ApplicationStopping.Register(Stop);
    }

    /// <summary>Numbers the counts of all rooms.</summary>
    public StreamVersions Versions { get; }

    public int Count
    {
        get
        {
            lock (_lock)
                return _streams.Count;
        }
    }

    /// <summary>Rooms whose changes are followed.</summary>
    public int Feeds
    {
        get
        {
            lock (_lock)
                return _feeds.Count + _counts.Count;
        }
    }

    /// <summary>Opens a stream of one room's changes, or says which cap is reached.</summary>
    public EventStream? TryOpen(ClientPrincipal caller, IPAddress? address, string roomId, out string? problem) =>
        TryOpen(caller, address, [roomId], _feeds, room => new RoomFeed(room, _presence, Versions, _log), out problem);

    /// <summary>Opens a stream of the counts of several rooms, or says which cap is reached.</summary>
    public EventStream? TryOpenCounts(ClientPrincipal caller, IPAddress? address, IReadOnlyList<string> roomIds, out string? problem) =>
        TryOpen(caller, address, roomIds, _counts, room => new CountFeed(room, _presence, Versions), out problem);

    /// <summary>Opens a stream of users' presence, or says which cap is reached.</summary>
    public EventStream? TryOpenUsers(ClientPrincipal caller, IPAddress? address, out string? problem) => TryOpenCounts(caller, address, [], out problem);

    public void Close(EventStream stream)
    {
        lock (_lock)
        {
            if (!_streams.Remove(stream))
                return;
            SharesOf(stream.Caller).GiveBack(KeyOf(stream.Caller));
            if (stream.Address is { } from)
                _ofAddress.GiveBack(from);
            foreach (var feed in stream.Feeds)
            {
                feed.Remove(stream);
                feed.IdleSince = _time.GetTimestamp();
            }
        }
    }

    /// <summary>Ends streams whose reader may not read any more or does not read, wakes those quiet for long, looks at counts, drops unused feeds. Called twice a second.</summary>
    public async Task PulseAsync(CancellationToken cancellationToken)
    {
        _pulses++;
        foreach (var stream in All())
        {
            if (RefusalOf(stream) is { } refusal)
                stream.End(refusal);
            else if (stream.IsSending && _time.GetElapsedTime(stream.WroteAt) >= LongestSending)
                stream.End();
            else if (_time.GetElapsedTime(stream.WroteAt) >= stream.LongestQuiet || (stream.Feeds.Count == 0 && _pulses % 2 == 0)) // users have no feed that signals: each stream looks, once a second
                stream.Signal();
        }
        await CountFeed.RefreshAsync(ActiveFeeds(), cancellationToken);
    }

    public void Dispose()
    {
        _stages.Changed -= SignalInvited;
        _stopping.Dispose();
        Stop();
        lock (_lock)
        {
            foreach (var feed in _feeds.Values)
                feed.Dispose();
            _feeds.Clear();
            _counts.Clear(); // count feeds hold no resources
        }
    }

    private EventStream? TryOpen(ClientPrincipal caller, IPAddress? address, IReadOnlyList<string> roomIds, Dictionary<string, CountFeed> feeds, Func<string, CountFeed> make, out string? problem)
    {
        lock (_lock)
        {
            AddressKey? from = caller.IsServer || address is null ? null : AddressKey.Of(address); // a server key has its own share
            problem = ProblemOf(caller, from);
            if (problem is not null)
                return null;
            var followed = new CountFeed[roomIds.Count];
            for (var i = 0; i < followed.Length; i++)
            {
                if (!feeds.TryGetValue(roomIds[i], out var feed) || feed.IsBroken)
                {
                    feed?.Dispose();
                    feeds[roomIds[i]] = feed = make(roomIds[i]);
                }
                followed[i] = feed;
            }
            var stream = new EventStream(caller, from, followed, this) { WroteAt = _time.GetTimestamp() };
            _streams.Add(stream);
            foreach (var feed in followed)
                feed.Add(stream);
            return stream;
        }
    }

    /// <summary>Takes a place in every share, or says which is full.</summary>
    private string? ProblemOf(ClientPrincipal caller, AddressKey? from)
    {
        var most = caller.IsServer ? _limits.Streams : _limits.WithoutReserve(_limits.Streams);
        if (_isStopped || _streams.Count >= most)
            return $"The server has reached its limit of {most} streams. Try again when another stream has ended.";
        if (!SharesOf(caller).TryTake(KeyOf(caller)))
        {
            return caller.Kind == ClientKind.ShareLink
                ? $"This share link has reached its limit of {MostOfLink} streams. Close one first."
                : $"This caller has reached its limit of {_limits.StreamsPerPrincipal} streams (Presence__Limits__StreamsPerPrincipal). Close one first.";
        }
        if (from is not { } address || _ofAddress.TryTake(address))
            return null;
        SharesOf(caller).GiveBack(KeyOf(caller));
        return $"This address has reached its limit of {_limits.StreamsPerAddress} streams (Presence__Limits__StreamsPerAddress). Close one first.";
    }

    /// <summary>Why the reader of a stream would be refused if it asked for it now; null when it would not.</summary>
    private ApiProblem? RefusalOf(EventStream stream)
    {
        var caller = stream.Caller;
        var known = _authenticator.Check(caller);
        if (known.Principal is null)
            return ApiProblem.NotSignedIn(known.Problem!);
        if (_devices.ProblemOf(caller) is { } banned)
            return banned;
        if (stream.Feeds.Count == 0)
            return ApiProblem.OfReadingUsers(_presence, caller);
        foreach (var feed in stream.Feeds)
        {
            if (ApiProblem.OfReading(_presence, caller, feed.RoomId) is { } refusal)
                return stream.Feeds.Count == 1 ? refusal : ApiProblem.OfRooms([.. stream.Feeds.Select(other => other.RoomId)], roomId => ApiProblem.OfReading(_presence, caller, roomId));
        }
        return null;
    }

    /// <summary>Wakes the invited viewer's own streams.</summary>
    private void SignalInvited(object? sender, StageChangedEventArgs changed)
    {
        var invitation = changed.Invitation;
        foreach (var stream in All())
        {
            if (PresenceComparers.UserId.Equals(stream.Caller.UserId, invitation.UserId))
                stream.Signal();
        }
    }

    private EventStream[] All()
    {
        lock (_lock)
            return [.. _streams];
    }

    private List<CountFeed> ActiveFeeds()
    {
        List<CountFeed> active = [];
        lock (_lock)
        {
            Sort(_feeds, active, _limits.Streams);
            Sort(_counts, active, _limits.Streams * StreamEndpoints.MostRooms);
        }
        return active;
    }

    /// <summary>Returns the feeds in use and drops the others.</summary>
    private void Sort(Dictionary<string, CountFeed> feeds, List<CountFeed> active, int most)
    {
        foreach (var (roomId, feed) in feeds)
        {
            if (!feed.IsIdle)
            {
                active.Add(feed);
            }
            else if (_time.GetElapsedTime(feed.IdleSince) >= KeptIdle || feeds.Count > most)
            {
                feeds.Remove(roomId); // a dictionary allows removal during enumeration
                feed.Dispose();
            }
        }
    }

    private void Stop()
    {
        lock (_lock)
            _isStopped = true;
        foreach (var stream in All())
            stream.End();
    }

    private Shares<string> SharesOf(ClientPrincipal caller) => caller.Kind == ClientKind.ShareLink ? _ofLink : _ofPrincipal;

    private static string KeyOf(ClientPrincipal caller) => caller.Kind switch
    {
        ClientKind.Server => "key " + caller.TokenId,
        ClientKind.ShareLink => caller.TokenId,
        _ => "user " + caller.UserId,
    };
}
