using System.Runtime.CompilerServices;
using System.Text.Json;
using Presence.Client.Heartbeats;
using Presence.Client.Http;
using Presence.Client.Watching;

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

    /// <summary>
    /// Whether up to 100 users are online: all of them, now and whenever one goes online or offline, from the server's event stream, or
    /// polled at the heartbeat interval if there is no stream. Pauses while the app is in the background. A slow reader gets the latest.
    /// </summary>
    /// <param name="userIds">1 to 100.</param>
    /// <param name="onTrouble">Called when a read failed. Watching continues.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>It ends when <see cref="PresenceOptions.Stopping"/> is cancelled or this is disposed.</returns>
    /// <exception cref="ArgumentException">No user, or too many.</exception>
    /// <exception cref="PresenceException">Refused finally: banned, unauthorized.</exception>
    public IAsyncEnumerable<IReadOnlyList<WatchedUser>> WatchUsersAsync(IEnumerable<string> userIds, Action<PresenceException>? onTrouble = null, CancellationToken cancellationToken = default) =>
        WatchAsync(new UserWatch(Server, userIds, onTrouble), cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<WatchedUser>> WatchAsync(UserWatch watch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (watch)
        using (Stopping.Register(watch.Dispose))
        {
            watch.Start();
            while (await watch.NextAsync(cancellationToken).ConfigureAwait(false) is { } users)
                yield return users;
        }
    }

    private protected override IHeartbeatKind NewPulseNeedsLock() => new UserHeartbeatKind(Server);

    private Task SwitchAsync(bool enabled, CancellationToken cancellationToken) => Server.SendAsync(
        new ApiRequest(HttpMethod.Put, PresenceSettingsAnswer.Path + "/user")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new UserSwitch { Enabled = enabled }, PresenceJson.Default.UserSwitch),
        },
        cancellationToken);
}

/// <summary>Whether a user is online in the network.</summary>
/// <param name="UserId">The user.</param>
/// <param name="IsOnline">Whether it is online. A hidden user is not, for others.</param>
public sealed record WatchedUser(string UserId, bool IsOnline);
