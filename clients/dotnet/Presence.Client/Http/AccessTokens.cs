using System.Text.Json;

namespace Presence.Client.Http;

/// <summary>The access token in use, and where the next one comes from.</summary>
/// <remarks><b>Threads.</b> Any. The provider is asked once at a time; whoever needs a token meanwhile shares the answer.</remarks>
internal sealed class AccessTokens
{
    private readonly TimeProvider _time;
    private readonly Func<CancellationToken, Task<string>>? _getToken;
    private readonly Lock _lock = new();
    private string? _token;
    private TokenPayload _payload = TokenPayload.Unreadable;
    private DateTimeOffset _renewAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _expiresAt = DateTimeOffset.MaxValue;
    private TaskCompletionSource<string>? _renewing;

    public AccessTokens(PresenceOptions options)
    {
        _time = options.TimeProvider;
        _getToken = options.GetToken;
        if (options.Token is { Length: > 0 } token)
            Take(token);
    }

    /// <summary>The last one taken; an app that is put aside cannot wait for another.</summary>
    public string? Current
    {
        get
        {
            lock (_lock)
                return _token;
        }
    }

    /// <summary>Who the token speaks for, unverified; the token itself where that cannot be read.</summary>
    public string Subject
    {
        get
        {
            lock (_lock)
                return _payload.Subject ?? _token ?? "";
        }
    }

    /// <summary>A token that is good by this device's clock. Renewed early, beside its use, so that no heartbeat waits for it.</summary>
    public Task<string> GetAsync()
    {
        var now = _time.GetUtcNow();
        string? token;
        bool isDue;
        lock (_lock)
        {
            token = now < _expiresAt ? _token : null;
            isDue = now >= _renewAt;
        }
        if (token is null)
            return RenewAsync();
        if (isDue)
            _ = RenewAsync(); // the current token is valid for a while longer
        return Task.FromResult(token);
    }

    /// <summary>Another token than the one refused; null when there is no other.</summary>
    public async Task<string?> ReplaceAsync(string refused)
    {
        if (_getToken is null)
            return null;
        var token = Current;
        if (token == refused)
            token = await RenewAsync().ConfigureAwait(false);
        return token == refused ? null : token;
    }

    private Task<string> RenewAsync()
    {
        TaskCompletionSource<string> renewing;
        lock (_lock)
        {
            if (_renewing is not null)
                return _renewing.Task;
            _renewing = renewing = new TaskCompletionSource<string>();
        }
        _ = RenewAsync(renewing);
        return renewing.Task;
    }

    private async Task RenewAsync(TaskCompletionSource<string> renewing)
    {
        try
        {
            var token = await AskAsync().ConfigureAwait(false);
            Take(token);
            End();
            renewing.SetResult(token);
        }
        catch (Exception exception)
        {
            End();
            renewing.SetException(exception);
            _ = renewing.Task.Exception; // no caller waits for an early renewal
        }

        void End()
        {
            lock (_lock)
                _renewing = null;
        }
    }

    private async Task<string> AskAsync()
    {
        if (_getToken is null)
            throw new PresenceException(PresenceErrorKind.Unauthorized, "Set Token or GetToken. It identifies the viewer.");
        string? token;
        try
        {
            token = await Deadline.KeepAsync(_time, _getToken, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not PresenceException)
        {
            throw PresenceException.Unavailable("GetToken failed.", exception);
        }
        return token is { Length: > 0 } ? token : throw new PresenceException(PresenceErrorKind.Unauthorized, "GetToken returned no token.");
    }

    private void Take(string token)
    {
        var payload = TokenPayload.Of(token);
        var now = _time.GetUtcNow();
        var left = _getToken is not null && payload.ExpiresAt is { } expiresAt ? expiresAt - now : TimeSpan.Zero;
        lock (_lock)
        {
            _token = token;
            _payload = payload;
            // If a new token looks expired, this device's clock is wrong. The server then decides.
            _expiresAt = left > TimeSpan.Zero ? now + left : DateTimeOffset.MaxValue;
            _renewAt = left > TimeSpan.Zero ? now + TimeSpan.FromTicks((long)(left.Ticks * 0.8)) : DateTimeOffset.MaxValue;
        }
    }
}

/// <summary>What a token says of itself. Read, not verified: that is the server's.</summary>
internal sealed record TokenPayload(string? Subject, DateTimeOffset? ExpiresAt)
{
    public static readonly TokenPayload Unreadable = new(null, null);

    private const double LastInstant = 253_402_300_799; // the end of 9999, in seconds since 1970

    public static TokenPayload Of(string token)
    {
        try
        {
            using var payload = JsonDocument.Parse(Base64Url.Decode(token.Split('.')[1]));
            var claims = payload.RootElement;
            var subject = Text(claims, "sub") ?? (claims.TryGetProperty("user", out var user) ? Text(user, "userId") : null);
            var expires = claims.TryGetProperty("exp", out var exp) && exp.ValueKind == JsonValueKind.Number && exp.GetDouble() is > 0 and < LastInstant and var seconds
                ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
                : (DateTimeOffset?)null;
            return new TokenPayload(subject, expires);
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or FormatException or JsonException or InvalidOperationException)
        {
            return Unreadable; // the server decides
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}

/// <summary>The alphabet of tokens, which later frameworks bring along.</summary>
internal static class Base64Url
{
    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <exception cref="FormatException">It is not of that alphabet.</exception>
    public static byte[] Decode(string text)
    {
        var padded = text.Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '='));
    }
}
