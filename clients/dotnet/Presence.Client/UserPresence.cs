using System.Text.Json;
using Presence.Client.Heartbeats;
using Presence.Client.Http;

namespace Presence.Client;

/// <summary>Whether the user is online in the network, apart from any room.</summary>
/// <remarks><b>Threads.</b> Any, for all members.</remarks>
public sealed class UserPresence : HeartbeatSender
{
    /// <summary>Makes one; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">The server's address is missing.</exception>
    public UserPresence(PresenceOptions options)
        : base(options)
    {
    }

    /// <summary>Lets others see the user online. Durable; a user begins enabled.</summary>
    /// <exception cref="PresenceException">It could not be set.</exception>
    public Task EnableAsync(CancellationToken cancellationToken = default) => SwitchAsync(true, cancellationToken);

    /// <summary>Keeps the user out of what others see. Durable.</summary>
    /// <exception cref="PresenceException">It could not be set.</exception>
    public Task DisableAsync(CancellationToken cancellationToken = default) => SwitchAsync(false, cancellationToken);

    /// <summary>Whether others may see the user online. Answers while presence is off, too. Tries three times.</summary>
    /// <exception cref="PresenceException">It could not be had.</exception>
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
