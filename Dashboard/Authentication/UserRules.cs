using System.Security.Cryptography;
using System.Text;
using Presence.Engine;

namespace Presence.Dashboard.Authentication;

/// <summary>What may be said of a user, wherever it is said: in a login, in a token, by a backend. Pure: the first problem, or null.</summary>
internal static class UserRules
{
    public const int LongestDisplayName = 100;
    public const int LongestPicture = 1_000;

    private static readonly string[] ReservedPrefixes = ["ADMIN_", "DELETED_", GuestIds.Prefix];

    /// <summary>The rules for the id of a login or verification.</summary>
    public static string? ProblemOfUserId(string field, string? userId)
    {
        if (userId is null)
            return $"{field} is missing.";
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return problem.Replace("userId", field, StringComparison.Ordinal);
        return Array.Find(ReservedPrefixes, prefix => userId.StartsWith(prefix, StringComparison.Ordinal)) is { } reserved
            ? $"{field} must not start with {reserved}, which is reserved."
            : null;
    }

    public static string? ProblemOfDisplayName(string field, string? name)
    {
        if (name?.Length > LongestDisplayName)
            return $"{field} can have at most {LongestDisplayName} characters, not {name.Length}.";
        return name is not null && name.Any(char.IsControl) ? $"{field} must not contain control characters." : null;
    }

    public static string? ProblemOfPicture(string field, string? address)
    {
        if (address?.Length > LongestPicture)
            return $"{field} can have at most {LongestPicture} characters, not {address.Length}.";
        return address is null || (Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https"))
            ? null
            : $"{field} must be a URL that starts with https:// or http://.";
    }
}

/// <summary>Names of guests: the same device is the same guest, and the name doesn't reveal the device.</summary>
internal sealed class GuestIds(KeyFolder keys)
{
    /// <summary>Begins every guest's id. No login may use it.</summary>
    public const string Prefix = "~guest-";

    public const string FileName = "guests.key";

    private const int KeptBytes = 12;

    // A separate file, so that guests keep their names when the signing keys change.
    private readonly byte[] _secret = keys.Secret(FileName);

    public string Derive(string deviceId)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(deviceId), hash);
        return Prefix + Convert.ToHexStringLower(hash[..KeptBytes]);
    }
}
