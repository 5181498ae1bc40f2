using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Presence.Client.Http;

namespace Presence.Client.Server;

/// <summary>
/// Signs access tokens for viewers in your backend: HS256, with the secret in the server's key <c>Presence__Clients__Jwt__Secret</c>.
/// Nothing is sent.
/// </summary>
/// <remarks><b>Threads.</b> Any, for all members.</remarks>
public sealed class ViewerTokens
{
    private const int ShortestSecret = 32;
    private static readonly string Header = Base64Url.Encode("""{"alg":"HS256","typ":"JWT"}"""u8.ToArray());

    private readonly byte[] _secret;
    private readonly TimeProvider _time;

    /// <summary>Makes one.</summary>
    /// <param name="secret">The shared secret, 32 to 1,024 bytes as UTF-8, used as is.</param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public ViewerTokens(string secret, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(secret);
        _secret = Encoding.UTF8.GetBytes(secret);
        if (_secret.Length < ShortestSecret)
            throw new ArgumentException($"The secret must have at least {ShortestSecret} bytes, not {_secret.Length}.", nameof(secret));
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>What the server expects as <c>iss</c>, if it checks that.</summary>
    public string? Issuer { get; set; }

    /// <summary>What the server expects as <c>aud</c>, if it checks that.</summary>
    public string? Audience { get; set; }

    /// <summary>Signs one.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="lifetime">Its lifetime. An app gets the next one at 80 % of it.</param>
    /// <exception cref="ArgumentException">The user is missing, or the lifetime isn't positive.</exception>
    public string Sign(ViewerIdentity viewer, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(viewer);
        if (lifetime <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(lifetime), lifetime, "The lifetime of a token must be positive.");

        var signed = $"{Header}.{Base64Url.Encode(Payload(viewer, lifetime))}";
        using var hmac = new HMACSHA256(_secret);
        return $"{signed}.{Base64Url.Encode(hmac.ComputeHash(Encoding.ASCII.GetBytes(signed)))}";
    }

    private byte[] Payload(ViewerIdentity viewer, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("sub", viewer.UserId);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
            WriteUnlessNull(json, "iss", Issuer);
            WriteUnlessNull(json, "aud", Audience);
            WriteUnlessNull(json, "name", viewer.DisplayName);
            WriteUnlessNull(json, "picture", viewer.AvatarUrl?.AbsoluteUri);
            WriteUnlessNull(json, "sid", viewer.SessionId);
            if (viewer.Rooms is { } rooms)
            {
                json.WriteStartArray("rooms");
                foreach (var room in rooms)
                    json.WriteStringValue(room);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void WriteUnlessNull(Utf8JsonWriter json, string claim, string? value)
    {
        if (value is not null)
            json.WriteString(claim, value);
    }
}

/// <summary>The user of a token.</summary>
public sealed class ViewerIdentity
{
    /// <summary>Names a user.</summary>
    /// <param name="userId">1 to 50 characters.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public ViewerIdentity(string userId)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        UserId = userId;
    }

    /// <summary>The user.</summary>
    public string UserId { get; }

    /// <summary>The name to show, up to 100 characters.</summary>
    public string? DisplayName { get; set; }

    /// <summary>A picture.</summary>
    public Uri? AvatarUrl { get; set; }

    /// <summary>The session of heartbeats without a session id.</summary>
    public string? SessionId { get; set; }

    /// <summary>The rooms it is valid for, up to 100, such as <c>lobby</c> or <c>team-*</c>; null for all.</summary>
    public IReadOnlyList<string>? Rooms { get; set; }
}
