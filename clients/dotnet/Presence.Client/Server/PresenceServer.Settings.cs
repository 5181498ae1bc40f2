using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    private const string Settings = "/api/v1/admin/settings";

    /// <summary>The network's settings.</summary>
    /// <exception cref="PresenceException">They could not be had.</exception>
    public async Task<NetworkSettings> GetSettingsAsync(CancellationToken cancellationToken = default)
    {
        var (document, etag) = await ReadVersionAsync(ApiRequest.Get(Settings), PresenceJson.Default.NetworkSettingsDocument, cancellationToken).ConfigureAwait(false);
        return document.ToSettings(etag);
    }

    /// <summary>Changes the network's settings, for clients that run too. Needs the scope <c>settings</c>.</summary>
    /// <param name="settings">As read, and changed.</param>
    /// <param name="reason">Kept with the change, up to 200 characters.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be in force all the same.</param>
    /// <returns>The settings in force, to change further.</returns>
    /// <exception cref="PresenceException">They do not go together, or, with status 412, somebody else changed them since they were read.</exception>
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
