using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Users;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>Reads tokens that the customer's backend signed.</summary>
/// <remarks>Expiry and revocation of a token already read are <see cref="ClientAuthenticator"/>'s, as for our own.</remarks>
internal sealed class CustomerTokens(CustomerKeys keys, DashboardOptions options, TimeProvider time)
{
    /// <summary>Kinds of token that speak for a user. Others carry a subject too (a logout token does) and mean something else by it.</summary>
    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];

    /// <summary>Whether any are taken.</summary>
    public bool AreTaken => keys.AreConfigured;

    public Authenticated Read(TokenText token)
    {
        if (token.IsCritical)
            return new Authenticated("The token's header requires extensions (crit) that this server doesn't support.");
        if (token.Type is { } type && !Types.Contains(type, StringComparer.OrdinalIgnoreCase))
            return new Authenticated("The token's type (typ) must be JWT or at+jwt.");
        if (!keys.TryFind(token, out var key, out var refusal))
            return refusal;

        if (!key.Signed(token))
            return new Authenticated("The token's signature is invalid.");
        return CustomerClaims.ProblemOf(token.Payload, options.Clients.Jwt, time.GetUtcNow(), out var claims) is { } problem
            ? new Authenticated($"The token's signature is valid, but {problem}")
            : new Authenticated(Describe(token, key, claims!));
    }

    private static ClientPrincipal Describe(TokenText token, TokenKey key, CustomerClaims claims) => new()
    {
        Kind = ClientKind.Viewer,
        UserId = claims.UserId,
        SessionId = claims.SessionId ?? "",
        TokenId = IdOf(token),
        Name = claims.UserId,
        Profile = claims.Profile,
        Rooms = claims.Rooms,
        Key = key,
        IssuedAt = claims.IssuedAt ?? DateTimeOffset.UnixEpoch,
        ExpiresAt = claims.ExpiresAt,
        AcceptedUntil = claims.ExpiresAt + CustomerClaims.Leeway,
    };

    /// <summary>
    /// What a revocation knows the token by: the part that is signed. Not its <c>jti</c>, which it may lack or share, and
    /// not its signature, which for ES256 can be written in two ways.
    /// </summary>
    private static string IdOf(TokenText token) => "jwt:" + Base64Url.EncodeToString(SHA256.HashData(token.Signed));
}

/// <summary>What a customer's token says, once its signature was found good: read strictly, and refused as a whole when a claim is not as it should be.</summary>
internal sealed partial record CustomerClaims(string UserId, string? SessionId, UserProfile? Profile, RoomScope? Rooms, DateTimeOffset? IssuedAt, DateTimeOffset ExpiresAt)
{
    public const int MostRooms = 100;

    /// <summary>The tolerated clock difference of the signer.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private static readonly double LatestSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - Leeway.TotalSeconds;

    private static readonly string BadRooms = $"rooms must be a list of at most {MostRooms} room ids or prefixes that end in *.";

    /// <summary>The first thing wrong with the claims, or null.</summary>
    public static string? ProblemOf(byte[] payload, DashboardOptions.JwtOptions expected, DateTimeOffset now, out CustomerClaims? claims)
    {
        claims = null;
        if (!StrictJson.TryReadObject(payload, out var document))
            return "its claims aren't a single JSON object without duplicate members.";
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
        : $"{claim} must be a number of seconds since 1970, not milliseconds, and before the year 10000.";

    private static string? ProblemOfRooms(string?[]? rooms)
    {
        if (rooms?.Length > MostRooms)
            return BadRooms;
        return rooms is not null && Array.Exists(rooms, room => room is not "*" && (room is [.. var prefix, '*'] ? PresenceIds.ProblemOfRoomPrefix(prefix) : PresenceIds.ProblemOfRoomId(room)) is not null)
            ? "rooms contains an entry that is neither a room id nor a prefix that ends in *."
            : null;
    }

    private static string? ProblemOfTimes(DateTimeOffset? expiresAt, DateTimeOffset? notBefore, DateTimeOffset? issuedAt, DateTimeOffset now)
    {
        if (expiresAt is null)
            return "exp is missing. A token must have an expiry.";
        if (expiresAt + Leeway <= now)
            return "it has expired (exp).";
        if (notBefore - Leeway > now)
            return "it is not valid yet (nbf).";
        return issuedAt - Leeway > now ? "it was issued in the future (iat). Check the clock of the server that signs tokens." : null;
    }

    private static string? ProblemOfIds(string? userId, string? sessionId) =>
        UserRules.ProblemOfUserId("sub", userId)
        ?? (sessionId is not null ? PresenceIds.ProblemOfSessionId(sessionId)?.Replace("sessionId", "sid", StringComparison.Ordinal) : null);

    /// <summary>Whether issuer and audience are the configured ones. What isn't configured isn't checked.</summary>
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
        catch (InvalidOperationException) // an invalid escape
        {
            return false;
        }
    }

    private static UserProfile? ProfileOf(Written written, DateTimeOffset? issuedAt, DateTimeOffset now)
    {
        var (name, picture) = (TextOf(written.Name), TextOf(written.Picture));
        if (name is null && picture is null)
            return null;
        // To the millisecond, as stored, and never in the future, so that the backend's next change is newer.
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

/// <summary>A signed token taken apart, before anything of it is believed.</summary>
/// <param name="Algorithm">What its header says it is signed with.</param>
/// <param name="KeyId">The key its header names, if it names one.</param>
/// <param name="Type">What kind of token it says it is, if it says so.</param>
/// <param name="IsCritical">Its header makes demands that would have to be understood (<c>crit</c>).</param>
/// <param name="Payload">The claims, as bytes.</param>
/// <param name="Signed">What the signature is of: header and payload as they came.</param>
/// <param name="Signature">The signature.</param>
internal sealed record TokenText(string Algorithm, string? KeyId, string? Type, bool IsCritical, byte[] Payload, byte[] Signed, byte[] Signature)
{
    /// <summary>Takes three parts apart; false for anything that is no such token.</summary>
    /// <remarks>Of the header nothing else is read: addresses and keys it brings along (<c>jku</c>, <c>jwk</c>, <c>x5u</c>, <c>x5c</c>) are never looked at.</remarks>
    public static bool TryParse(ReadOnlySpan<char> token, [NotNullWhen(true)] out TokenText? parsed)
    {
        parsed = null;
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');
        if (first < 0 || first == last || token[(first + 1)..last].Contains('.'))
            return false;
        if (!TryDecode(token[..first], out var header) || !TryDecode(token[(first + 1)..last], out var payload) || !TryDecode(token[(last + 1)..], out var signature))
            return false;
        if (!StrictJson.TryReadObject(header, out var document))
            return false;
        using (document)
        {
            var root = document.RootElement;
            if (!TryReadText(root, "alg", out var algorithm) || algorithm is null || !TryReadText(root, "kid", out var keyId) || !TryReadText(root, "typ", out var type))
                return false;
            var signed = new byte[last];
            Encoding.ASCII.GetBytes(token[..last], signed);
            parsed = new TokenText(algorithm, keyId, type, root.TryGetProperty("crit", out _), payload, signed, signature);
            return true;
        }
    }

    /// <summary>Base64url in the one spelling of RFC 7515: the framework's decoder is lenient, and two spellings of one token would be two tokens to every cache and limit.</summary>
    private static bool TryDecode(ReadOnlySpan<char> part, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        if (part.IsEmpty || Base64Url.DecodeFromChars(part, bytes, out _, out var written) != OperationStatus.Done)
            return false;
        Array.Resize(ref bytes, written);
        return part.SequenceEqual(Base64Url.EncodeToString(bytes));
    }

    /// <summary>False when it is there and no text.</summary>
    private static bool TryReadText(JsonElement header, string name, out string? text)
    {
        text = null;
        if (!header.TryGetProperty(name, out var value))
            return true;
        try
        {
            text = value.GetString(); // null for null
        }
        catch (InvalidOperationException)
        {
            // Another type, or an invalid escape.
        }
        return text is not null;
    }
}

/// <summary>Foreign JSON, where an ambiguity is an attack: no duplicates, and text only.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Rules = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads an object; the caller disposes of it.</summary>
    public static bool TryReadObject(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8.Span))
            return false;
        try
        {
            document = JsonDocument.Parse(utf8, Rules);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter for invalid escapes in names
        {
            return false;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return true;
        document.Dispose();
        document = null;
        return false;
    }
}
