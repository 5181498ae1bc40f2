using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Presence.Client.Http;

namespace Presence.Client.Server;

/// <summary>Calls for backends: heartbeats for many users, bans, rooms, settings. Needs a server key. Never put one in an app.</summary>
/// <remarks>
/// <para><b>Threads.</b> Any, for all members.</para>
/// <para><b>Cost.</b> Reads are tried three times, with growing waits; changes once.</para>
/// </remarks>
public sealed partial class PresenceServer
{
    private readonly ApiConnection _connection;
    private readonly string _serverKey;

    /// <summary>Creates one. Nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">The address or the key is missing.</exception>
    public PresenceServer(PresenceServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ServerKey is not { Length: > 0 } serverKey)
            throw new ArgumentException("ServerKey is missing. Set it to a server key, or to the value of Presence__Server__Key.", nameof(options));
        _serverKey = serverKey;
        _connection = new ApiConnection(options.HttpClient ?? PresenceApp.Current.HttpClient, options.BaseUrl, options.TimeProvider);
    }

    /// <summary>A room's counts.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public Task<RoomCount> GetRoomUserCountAsync(string roomId, CancellationToken cancellationToken = default) =>
        ReadAsync(RoomPath.Of(roomId) + "/users/count", PresenceJson.Default.RoomCount, cancellationToken);

    /// <summary>Verifies a user. The returned text logs the user in, within 10 minutes.</summary>
    /// <returns>For <see cref="PresenceLogin.LogInAsync"/>.</returns>
    /// <exception cref="PresenceException">Refused, or no reply.</exception>
    public async Task<string> VouchForAsync(string userId, CancellationToken cancellationToken = default)
    {
        var request = new ApiRequest(HttpMethod.Post, "/api/v4/authentication/token")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new VouchBody { UserId = userId }, PresenceJson.Default.VouchBody),
        };
        return await Deadline.KeepAsync(
            _connection.Time,
            async given =>
            {
                using var response = await RequestAsync(request, given).ConfigureAwait(false);
                using var text = new StreamReader(await response.Content.ReadAsStreamAsync(given).ConfigureAwait(false));
#if NET
                return await text.ReadToEndAsync(given).ConfigureAwait(false);
#else
                return await text.ReadToEndAsync().ConfigureAwait(false);
#endif
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Json<T>(T document, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(document, type);

    private Task<HttpResponseMessage> RequestAsync(ApiRequest request, CancellationToken cancellationToken) =>
        _connection.SendAsync(request with { Key = ("x-server-key", _serverKey) }, authorization: null, cancellationToken);

    private async Task SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var response = await Deadline.KeepAsync(_connection.Time, given => RequestAsync(request, given), cancellationToken).ConfigureAwait(false);
    }

    private Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => Deadline.KeepAsync(
            _connection.Time,
            async given =>
            {
                using var response = await RequestAsync(request, given).ConfigureAwait(false);
                return await ApiConnection.ReadAsync(response, type, given).ConfigureAwait(false);
            },
            cancellationToken);

    private Task<T> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        ReadAttempts.RunAsync(() => SendAsync(ApiRequest.Get(path), type, cancellationToken), _connection.Time, Jitter.Next, cancellationToken);

    /// <summary>A document and the version it is of, which a change of it has to name.</summary>
    private Task<(T Document, string? ETag)> ReadVersionAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => Deadline.KeepAsync(
            _connection.Time,
            async given =>
            {
                using var response = await RequestAsync(request, given).ConfigureAwait(false);
                return (await ApiConnection.ReadAsync(response, type, given).ConfigureAwait(false), response.Headers.ETag?.ToString());
            },
            cancellationToken);

    /// <summary>Page after page, as they are asked for.</summary>
    private async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(
        string path, JsonTypeInfo<TPage> type, Func<TPage, (List<TItem>? Items, string? Cursor)> read, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPage : class
    {
        string? cursor = null;
        var joint = path.Contains('?') ? "&" : "?";
        do
        {
            var page = await ReadAsync(path + (cursor is null ? "" : $"{joint}cursor={Uri.EscapeDataString(cursor)}"), type, cancellationToken).ConfigureAwait(false);
            (var items, cursor) = read(page);
            foreach (var item in items ?? throw PresenceException.NotOfThisServer())
                yield return item;
        }
        while (cursor is not null);
    }
}

/// <summary>The server's URL and your server key. Read once, when a <see cref="PresenceServer"/> is made.</summary>
public sealed class PresenceServerOptions
{
    /// <summary>The server's URL, such as <c>https://presence.example.com</c>. Required.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>A server key with the needed scopes. Required. Keep it out of apps.</summary>
    public string? ServerKey { get; set; }

    /// <summary>What requests are sent with; owned by the caller. Default: that of the running process.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The clock and its timers; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}

/// <summary>Who is vouched for, as it is sent.</summary>
internal sealed class VouchBody
{
    public string? UserId { get; init; }
}
