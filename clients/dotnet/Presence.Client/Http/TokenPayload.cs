using System.Text.Json;

namespace Presence.Client.Http;

/// <summary>What a token says of itself. Read, not verified: that is the server's.</summary>
internal sealed record TokenPayload(string? Subject, DateTimeOffset? ExpiresAt)
{
    public static readonly TokenPayload Unreadable = new(null, null);

    private const double LastInstant = 253_402_300_799; // the end of the year 9999, in seconds since 1970

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
            return Unreadable; // not for us to judge: the server does
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
