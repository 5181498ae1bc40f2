using System.Net.NetworkInformation;
using Presence.Client.Heartbeats;
using Presence.Client.Http;
using Presence.Client.Watching;

namespace Presence.Client;

/// <summary>
/// What the app reports: foreground or background, suspended, or without a network. Its presences share it, and with it one
/// session id and one set of connections; two of them in the same room share their heartbeats.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> Any. An app uses <see cref="Current"/>. To simulate many viewers, create one for each.</para>
/// </remarks>
public sealed class PresenceApp
{
    private static readonly Lazy<PresenceApp> Running = new(() => new PresenceApp(followsNetwork: true));

    private readonly Lazy<HttpClient> _http = new(DefaultHttp.Create);
    private readonly HashSet<IAppListener> _listeners = [];
    private readonly Dictionary<string, SharedSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedCounts> _counts = new(StringComparer.Ordinal);
    private readonly bool _followsNetwork;
    private bool? _isOnline;

    /// <summary>Creates one separate from <see cref="Current"/>, for a device with a network.</summary>
    public PresenceApp()
    {
    }

    private PresenceApp(bool followsNetwork)
    {
        _followsNetwork = followsNetwork;
        if (followsNetwork)
            DeviceNetwork.Follow(() => Tell(listener => listener.NetworkReturned()));
    }

    /// <summary>The running app. It knows the device's network if the platform reports it.</summary>
    public static PresenceApp Current => Running.Value;

    /// <summary>Whether the app is in the background. Heartbeats report it, and counts are not watched.</summary>
    public bool IsHidden { get; private set; }

    /// <summary>Whether the app is suspended: all viewers have left, nothing is sent.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>Whether the device reports a network. Some devices are wrong, so attempts are made anyway.</summary>
    public bool IsOnline => _isOnline ?? (!_followsNetwork || DeviceNetwork.IsAvailable);

    /// <summary>Guards all that presences of this app share, and their own state: they are one world, with one lock.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Created with each start, never stored.</summary>
    internal string SessionId { get; } = $"app-{Guid.NewGuid():N}";

    internal HttpClient HttpClient => _http.Value;

    internal bool IsResting => IsHidden || IsSuspended;

    /// <summary>The number of listeners. 0 after everything has stopped.</summary>
    internal int Listeners
    {
        get
        {
            lock (Gate)
                return _listeners.Count;
        }
    }

    /// <summary>Reports that the app went to the background or the foreground. Heartbeats report it at once.</summary>
    public void SetHidden(bool hidden)
    {
        IsHidden = hidden;
        Tell(listener => listener.VisibilityChanged());
    }

    /// <summary>Reports whether there is a network, if the platform doesn't. When it returns, an attempt is made at once.</summary>
    public void SetOnline(bool online)
    {
        _isOnline = online;
        if (online)
            Tell(listener => listener.NetworkReturned());
    }

    /// <summary>
    /// Suspends the app, before its platform stops it: all viewers leave at once, without waiting for a pending heartbeat.
    /// </summary>
    /// <returns>Completed when the server has the leave, or can't be reached. Never faulted.</returns>
    public Task SuspendAsync()
    {
        IsSuspended = true;
        return Task.WhenAll(Copy().Select(listener => listener.SuspendAsync()));
    }

    /// <summary>Resumes after <see cref="SuspendAsync"/>: viewers who were present send a heartbeat at once.</summary>
    public void Resume()
    {
        if (!IsSuspended)
            return;
        IsSuspended = false;
        Tell(listener => listener.Resumed());
    }

    internal void Listen(IAppListener listener)
    {
        lock (Gate)
            _listeners.Add(listener);
    }

    internal void Unlisten(IAppListener listener)
    {
        lock (Gate)
            _listeners.Remove(listener);
    }

    /// <summary>The session of that key, with one more who would send its heartbeats. As many are kept as have a running heartbeat.</summary>
    internal SharedSession ClaimNeedsLock(string key, ISessionClaimant claimant)
    {
        if (!_sessions.TryGetValue(key, out var session))
            _sessions.Add(key, session = new SharedSession());
        session.AddNeedsLock(claimant);
        return session;
    }

    /// <summary>The app's stream of counts from a server. As many are kept as servers were watched.</summary>
    internal SharedCounts CountsOf(ViewerApi server)
    {
        lock (Gate)
        {
            if (!_counts.TryGetValue(server.BaseUrl, out var counts))
                _counts.Add(server.BaseUrl, counts = new SharedCounts(this, server.Time, server.Jitter));
            return counts;
        }
    }

    internal void ForgetNeedsLock(string key) => _sessions.Remove(key);

    private void Tell(Action<IAppListener> news)
    {
        foreach (var listener in Copy())
            news(listener);
    }

    private IAppListener[] Copy()
    {
        lock (Gate)
            return [.. _listeners];
    }

    /// <summary>What the device says of its network; nothing where the platform keeps it to itself.</summary>
    private static class DeviceNetwork
    {
        public static bool IsAvailable
        {
            get
            {
                try
                {
                    return NetworkInterface.GetIsNetworkAvailable();
                }
                catch (Exception exception) when (exception is PlatformNotSupportedException or NetworkInformationException or NotImplementedException)
                {
                    return true;
                }
            }
        }

        public static void Follow(Action returned)
        {
            try
            {
                NetworkChange.NetworkAvailabilityChanged += (_, change) =>
                {
                    if (change.IsAvailable)
                        returned();
                };
            }
            catch (Exception exception) when (exception is PlatformNotSupportedException or NetworkInformationException or NotImplementedException)
            {
                // The return of the network is then noticed within a minute, or with SetOnline.
            }
        }
    }
}
