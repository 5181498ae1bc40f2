using System.Text.Json;
using Presence.Engine;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>Reads claims one by one and keeps the first thing wrong with them. A claim that is null counts as left out.</summary>
internal sealed class ClaimReader(JsonElement claims)
{
    public const int MostRooms = 100;

    private static readonly double LatestSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - CustomerClaims.Leeway.TotalSeconds;

    public string? Problem { get; private set; }

    public void Refuse(string problem) => Problem ??= problem;

    public string? Text(string name)
    {
        if (!TryGet(name, out var value))
            return null;
        if (StrictJson.Text(value) is { } text)
            return text.Length > 0 ? text : null;
        Refuse($"{name} must be a text.");
        return null;
    }

    /// <summary>Seconds since 1970, which may have a fraction.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (!TryGet(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds >= 0 && seconds <= LatestSecond)
            return DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds);
        Refuse($"{name} must be a number of seconds since 1970, before the year 10000; milliseconds are not.");
        return null;
    }

    /// <summary>The rooms the token is for; null when it does not say.</summary>
    public RoomScope? Rooms()
    {
        if (!TryGet("rooms", out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MostRooms)
        {
            Refuse($"rooms must be a list of at most {MostRooms} room ids, or beginnings of them with a * at the end.");
            return null;
        }
        string?[] rooms = [.. value.EnumerateArray().Select(StrictJson.Text)];
        if (Array.Exists(rooms, room => room is not "*" && (room is [.. var prefix, '*'] ? PresenceIds.ProblemOfRoomPrefix(prefix) : PresenceIds.ProblemOfRoomId(room)) is not null))
            Refuse("rooms holds something that is neither a room id nor the beginning of one with a * at the end.");
        return new RoomScope(rooms.OfType<string>());
    }

    /// <summary>Whether the token was made by whom and for whom it should be; what is not configured is not asked.</summary>
    public string? ProblemOfParties(string? issuer, string? audience)
    {
        if (issuer is not null && !(TryGet("iss", out var iss) && StrictJson.Text(iss) == issuer))
            return "iss is not the issuer this server expects (Presence__Clients__Jwt__Issuer).";
        return audience is null || IsFor(audience) ? null : "aud does not name the audience this server expects (Presence__Clients__Jwt__Audience).";
    }

    private bool IsFor(string audience) => TryGet("aud", out var aud) && aud.ValueKind switch
    {
        JsonValueKind.String => StrictJson.Text(aud) == audience,
        JsonValueKind.Array => aud.EnumerateArray().Any(entry => StrictJson.Text(entry) == audience),
        _ => false,
    };

    private bool TryGet(string name, out JsonElement value) => claims.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
