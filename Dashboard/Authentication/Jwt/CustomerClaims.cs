using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Users;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>What a customer's token says, once its signature was found good: read strictly, and refused as a whole when a claim is not as it should be.</summary>
internal sealed partial record CustomerClaims(string UserId, string? SessionId, UserProfile? Profile, RoomScope? Rooms, DateTimeOffset? IssuedAt, DateTimeOffset ExpiresAt)
{
    public const int MostRooms = 100;

    /// <summary>How far the clock of whoever signed may be off.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private static readonly double LatestSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - Leeway.TotalSeconds;

    private static readonly string BadRooms = $"rooms must be a list of at most {MostRooms} room ids, or beginnings of them with a * at the end.";

    /// <summary>The first thing wrong with the claims, or null.</summary>
    public static string? ProblemOf(byte[] payload, DashboardOptions.JwtOptions expected, DateTimeOffset now, out CustomerClaims? claims)
    {
        claims = null;
        if (!StrictJson.TryReadObject(payload, out var document))
            return "its claims are not one JSON object in which nothing stands twice.";
        Written written;
        using (document)
        {
            try
            {
                written = document.Deserialize(ClaimsJson.Default.Written)!;
            }
            catch (JsonException exception)
            {
                return ProblemOfType(exception.Path ?? "");
            }
        }

        if ((ProblemOfSeconds("exp", written.Exp) ?? ProblemOfSeconds("nbf", written.Nbf) ?? ProblemOfSeconds("iat", written.Iat)
            ?? UserRules.ProblemOfDisplayName("name", written.Name) ?? UserRules.ProblemOfPicture("picture", TextOf(written.Picture)) ?? ProblemOfRooms(written.Rooms)) is { } problem)
            return problem;

        var expiresAt = InstantOf(written.Exp);
        var issuedAt = InstantOf(written.Iat);
        var userId = TextOf(written.Sub);
        var sessionId = TextOf(written.Sid);
        if ((ProblemOfTimes(expiresAt, InstantOf(written.Nbf), issuedAt, now) ?? ProblemOfIds(userId, sessionId) ?? ProblemOfParties(written, expected)) is { } refusal)
            return refusal;
        claims = new CustomerClaims(userId!, sessionId, ProfileOf(written, issuedAt, now), written.Rooms is { } rooms ? new RoomScope(rooms!) : null, issuedAt, expiresAt!.Value);
        return null;
    }

    private static string ProblemOfType(string path) => path switch
    {
        "$.exp" or "$.nbf" or "$.iat" => ProblemOfSeconds(path[2..], double.NaN)!,
        "$.rooms" => BadRooms,
        _ when path.StartsWith("$.rooms[", StringComparison.Ordinal) => ProblemOfRooms([null])!,
        _ => $"{path[2..]} must be a text.",
    };

    private static string? ProblemOfSeconds(string claim, double? seconds) => seconds is null || (seconds >= 0 && seconds <= LatestSecond)
        ? null
        : $"{claim} must be a number of seconds since 1970, before the year 10000; milliseconds are not.";

    private static string? ProblemOfRooms(string?[]? rooms)
    {
        if (rooms?.Length > MostRooms)
            return BadRooms;
        return rooms is not null && Array.Exists(rooms, room => room is not "*" && (room is [.. var prefix, '*'] ? PresenceIds.ProblemOfRoomPrefix(prefix) : PresenceIds.ProblemOfRoomId(room)) is not null)
            ? "rooms holds something that is neither a room id nor the beginning of one with a * at the end."
            : null;
    }

    private static string? ProblemOfTimes(DateTimeOffset? expiresAt, DateTimeOffset? notBefore, DateTimeOffset? issuedAt, DateTimeOffset now)
    {
        if (expiresAt is null)
            return "exp is missing; a token must say when it expires.";
        if (expiresAt + Leeway <= now)
            return "it has expired (exp).";
        if (notBefore - Leeway > now)
            return "it is not valid yet (nbf).";
        return issuedAt - Leeway > now ? "it was issued in the future (iat); check the clock of whoever signs." : null;
    }

    private static string? ProblemOfIds(string? userId, string? sessionId) =>
        UserRules.ProblemOfUserId("sub", userId)
        ?? (sessionId is not null ? PresenceIds.ProblemOfSessionId(sessionId)?.Replace("sessionId", "sid", StringComparison.Ordinal) : null);

    /// <summary>Whether the token was made by whom and for whom it should be; what is not configured is not asked.</summary>
    private static string? ProblemOfParties(Written written, DashboardOptions.JwtOptions expected)
    {
        if (expected.Issuer is { } issuer && (written.Iss.ValueKind != JsonValueKind.String || !Names(written.Iss, issuer)))
            return "iss is not the issuer this server expects (Presence__Clients__Jwt__Issuer).";
        return expected.Audience is { } audience && !Names(written.Aud, audience)
            ? "aud does not name the audience this server expects (Presence__Clients__Jwt__Audience)."
            : null;
    }

    private static bool Names(JsonElement claim, string party)
    {
        try
        {
            return claim.ValueKind switch
            {
                JsonValueKind.String => claim.ValueEquals(party),
                JsonValueKind.Array => claim.EnumerateArray().Any(entry => entry.ValueKind == JsonValueKind.String && entry.ValueEquals(party)),
                _ => false,
            };
        }
        catch (InvalidOperationException) // an escape that makes no text
        {
            return false;
        }
    }

    private static UserProfile? ProfileOf(Written written, DateTimeOffset? issuedAt, DateTimeOffset now)
    {
        var (name, picture) = (TextOf(written.Name), TextOf(written.Picture));
        if (name is null && picture is null)
            return null;
        // As stored, and never in the future: what the backend says next must stand over it.
        DateTimeOffset saidAt = issuedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds((at < now ? at : now).ToUnixTimeMilliseconds()) : default;
        return new UserProfile(name, picture) { SaidAt = saidAt };
    }

    private static string? TextOf(string? claim) => string.IsNullOrEmpty(claim) ? null : claim;

    private static DateTimeOffset? InstantOf(double? seconds) => seconds is { } known ? DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(known) : null;

    /// <summary>The claims that count, as they are written. One that is null counts as left out; seconds may have a fraction.</summary>
    internal sealed record Written(double? Exp, double? Nbf, double? Iat, string? Sub, string? Sid, string? Name, string? Picture, string?[]? Rooms, JsonElement Iss, JsonElement Aud);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Written))]
    private sealed partial class ClaimsJson : JsonSerializerContext;
}
