using System.Text.Json;
using Presence.Client.Http;

namespace Presence.Client;

/// <summary>Logs viewers in with the client key, if your backend doesn't sign their tokens. Use its tokens in <see cref="PresenceOptions.GetToken"/>.</summary>
/// <remarks><b>Threads.</b> Any, for all members.</remarks>
public sealed class PresenceLogin
{
    private readonly ApiConnection _connection;
    private readonly string _clientKey;

    /// <summary>Creates one. Nothing is sent yet.</summary>
    /// <param name="baseUrl">The server's address.</param>
    /// <param name="clientKey">The public client key, as apps send it.</param>
    /// <param name="httpClient">What requests are sent with; default: that of the running app.</param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <exception cref="ArgumentException">The URL is invalid, or the key is empty.</exception>
    public PresenceLogin(Uri baseUrl, string clientKey, HttpClient? httpClient = null, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientKey);
        _clientKey = clientKey;
        _connection = new ApiConnection(httpClient ?? PresenceApp.Current.HttpClient, baseUrl, timeProvider ?? TimeProvider.System);
    }

    /// <summary>Logs a user in. Creates an unknown one.</summary>
    /// <param name="userId">The user, 1 to 50 characters.</param>
    /// <param name="deviceId">The device, 1 to 150 characters.</param>
    /// <param name="displayName">The user's new name. Null leaves it unchanged.</param>
    /// <param name="authToken">What <see cref="Server.PresenceServer.VouchForAsync"/> returned. Required unless the server allows unverified logins.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>An access token.</returns>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task<string> LogInAsync(
        string userId, string deviceId, string? displayName = null, string? authToken = null, CancellationToken cancellationToken = default) =>
        SendAsync("/api/v5/sessions", new LoginBody { UserId = userId, DeviceId = deviceId, DisplayName = displayName, AuthToken = authToken }, cancellationToken);

    /// <summary>Logs a guest in, if the server allows guests. The same device is the same guest.</summary>
    /// <param name="deviceId">The device, 1 to 150 characters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>An access token.</returns>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public Task<string> LogInGuestAsync(string deviceId, CancellationToken cancellationToken = default) =>
        SendAsync("/api/v5/sessions/visitor", new LoginBody { DeviceId = deviceId }, cancellationToken);

    private async Task<string> SendAsync(string path, LoginBody body, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Post, path)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(body, PresenceJson.Default.LoginBody),
            Key = ("X-API-Key", _clientKey),
        };
        var answer = await Deadline.KeepAsync(_connection.Time, SendAsync, cancellationToken).ConfigureAwait(false);
        return answer.AccessToken ?? throw PresenceException.NotOfThisServer();

        async Task<LoginAnswer> SendAsync(CancellationToken given)
        {
            using var response = await _connection.SendAsync(request, authorization: null, given).ConfigureAwait(false);
            return await ApiConnection.ReadAsync(response, PresenceJson.Default.LoginAnswer, given).ConfigureAwait(false);
        }
    }
}
