using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Users;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>What a customer's token says, once its signature was found good: read strictly, and refused as a whole when a claim is not as it should be.</summary>
internal sealed record CustomerClaims(string UserId, string? SessionId, UserProfile? Profile, RoomScope? Rooms, DateTimeOffset? IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>How far the clock of whoever signed may be off.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    /// <summary>The first thing wrong with the claims, or null.</summary>
    public static string? ProblemOf(byte[] payload, DashboardOptions.JwtOptions expected, DateTimeOffset now, out CustomerClaims? claims)
    {
        claims = null;
        if (!StrictJson.TryReadObject(payload, out var document))
            return "its claims are not one JSON object in which nothing stands twice.";
        using (document)
        {
            var reader = new ClaimReader(document.RootElement);
            var expiresAt = reader.Instant("exp");
            var notBefore = reader.Instant("nbf");
            var issuedAt = reader.Instant("iat");
            var userId = reader.Text("sub");
            var sessionId = reader.Text("sid");
            var profile = ReadProfile(reader, issuedAt, now);
            var rooms = reader.Rooms();
            if ((reader.Problem ?? ProblemOfTimes(expiresAt, notBefore, issuedAt, now) ?? ProblemOfIds(userId, sessionId) ?? reader.ProblemOfParties(expected.Issuer, expected.Audience)) is { } problem)
                return problem;
            claims = new CustomerClaims(userId!, sessionId, profile, rooms, issuedAt, expiresAt!.Value);
            return null;
        }
    }

    private static UserProfile? ReadProfile(ClaimReader reader, DateTimeOffset? issuedAt, DateTimeOffset now)
    {
        var name = reader.Text("name");
        var picture = reader.Text("picture");
        if ((UserRules.ProblemOfDisplayName("name", name) ?? UserRules.ProblemOfPicture("picture", picture)) is { } problem)
            reader.Refuse(problem);
        if (name is null && picture is null)
            return null;
        // As stored, and never in the future: what the backend says next must stand over it.
        DateTimeOffset saidAt = issuedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds((at < now ? at : now).ToUnixTimeMilliseconds()) : default;
        return new UserProfile(name, picture) { SaidAt = saidAt };
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
}
