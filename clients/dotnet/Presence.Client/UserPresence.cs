using System.Text.Json;
using Presence.Client.Heartbeats;
using Presence.Client.Http;

namespace Presence.Client;

/// <summary>A user's online state in the network, independent of rooms.</summary>
/// <remarks><b>Threads.</b> Any, for all members.</remarks>
public sealed class UserPresence : HeartbeatSender
{
    /// <summary>Creates one. Nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">The server's address is missing.</exception>
    public UserPresence(PresenceOptions options)
        : base(options)
    {
    }

    /// <summary>Shows the user as online to others. Saved on the server. On by default.</summary>
    /// <exception cref="PresenceException">The change failed.</exception>
    public Task EnableAsync(CancellationToken cancellationToken = default) => SwitchAsync(true, cancellationToken);

    /// <summary>Hides the user from others. Saved on the server.</summary>
    /// <exception cref="PresenceException">The change failed.</exception>
    public Task DisableAsync(CancellationToken cancellationToken = default) => SwitchAsync(false, cancellationToken);

    /// <summary>Whether others can see the user online. Also works while presence is off. Tries three times.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public async Task<bool> IsEnabledAsync(CancellationToken cancellationToken = default)
    {
        var settings = await Server.ReadAsync(PresenceSettingsAnswer.Path, PresenceJson.Default.PresenceSettingsAnswer, cancellationToken).ConfigureAwait(false);
        return settings.User?.Enabled ?? throw PresenceException.NotOfThisServer();
    }

    private protected override IHeartbeatKind NewPulseNeedsLock() => new UserHeartbeatKind(Server);

    private Task SwitchAsync(bool enabled, CancellationToken cancellationToken) => Server.SendAsync(
        new ApiRequest(HttpMethod.Put, PresenceSettingsAnswer.Path + "/user")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new UserSwitch { Enabled = enabled }, PresenceJson.Default.UserSwitch),
        },
        cancellationToken);
}
