using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    private const string Settings = "/api/v1/admin/settings";

    /// <summary>The network's settings.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public async Task<NetworkSettings> GetSettingsAsync(CancellationToken cancellationToken = default)
    {
        var (document, etag) = await ReadVersionAsync(ApiRequest.Get(Settings), PresenceJson.Default.NetworkSettingsDocument, cancellationToken).ConfigureAwait(false);
        return document.ToSettings(etag);
    }

    /// <summary>Changes the network's settings, also for running clients. Needs the scope <c>settings</c>.</summary>
    /// <param name="settings">As read, and changed.</param>
    /// <param name="reason">Kept with the change, up to 200 characters.</param>
    /// <param name="cancellationToken">Stops waiting. The ban may be in effect anyway.</param>
    /// <returns>The settings in effect, to change further.</returns>
    /// <exception cref="PresenceException">The values are invalid together, or, with status 412, the settings have changed since you read them.</exception>
    public async Task<NetworkSettings> ChangeSettingsAsync(NetworkSettings settings, string? reason = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var request = new ApiRequest(HttpMethod.Put, Settings)
        {
            Body = Json(NetworkSettingsDocument.Of(settings, reason), PresenceJson.Default.NetworkSettingsDocument),
            IfMatch = settings.ETag,
        };
        var (document, etag) = await ReadVersionAsync(request, PresenceJson.Default.NetworkSettingsDocument, cancellationToken).ConfigureAwait(false);
        return document.ToSettings(etag);
    }
}

/// <summary>How presence works in the network. Read with <see cref="PresenceServer.GetSettingsAsync"/>, changed, and sent back.</summary>
public sealed class NetworkSettings
{
    internal NetworkSettings(string etag) => ETag = etag;

    /// <summary>Whether presence is on.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>How often clients send heartbeats: whole seconds, 1 s to 10 min.</summary>
    public TimeSpan HeartbeatInterval { get; set; }

    /// <summary>How long a heartbeat counts: whole seconds, 6 s to 60 min, and at least the interval plus 5 s.</summary>
    public TimeSpan PresenceTimeout { get; set; }

    /// <summary>The most viewers in a list, 1 to 200.</summary>
    public int ListLimit { get; set; }

    /// <summary>Rises with every change.</summary>
    public int Version { get; internal init; }

    /// <summary>The version it was read as.</summary>
    internal string ETag { get; }
}

/// <summary>The network's settings on the wire, both ways.</summary>
internal sealed class NetworkSettingsDocument
{
    public bool Enabled { get; init; }
    public double HeartbeatIntervalSeconds { get; init; }
    public double PresenceTimeoutSeconds { get; init; }
    public int ListLimit { get; init; }
    public int? SettingsVersion { get; init; }
    public string? Reason { get; init; }

    public static NetworkSettingsDocument Of(NetworkSettings settings, string? reason) => new()
    {
        Enabled = settings.IsEnabled,
        HeartbeatIntervalSeconds = settings.HeartbeatInterval.TotalSeconds,
        PresenceTimeoutSeconds = settings.PresenceTimeout.TotalSeconds,
        ListLimit = settings.ListLimit,
        Reason = reason,
    };

    public NetworkSettings ToSettings(string? etag) => new(etag ?? throw PresenceException.NotOfThisServer())
    {
        IsEnabled = Enabled,
        HeartbeatInterval = TimeSpan.FromSeconds(HeartbeatIntervalSeconds),
        PresenceTimeout = TimeSpan.FromSeconds(PresenceTimeoutSeconds),
        ListLimit = ListLimit,
        Version = SettingsVersion ?? 0,
    };
}
