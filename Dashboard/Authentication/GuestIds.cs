using System.Security.Cryptography;
using System.Text;

namespace Presence.Dashboard.Authentication;

/// <summary>Names of guests: the same device is the same guest, and nobody can tell the device from the name.</summary>
internal sealed class GuestIds(KeyFolder keys)
{
    /// <summary>Begins every guest's id. No login may use it.</summary>
    public const string Prefix = "~guest-";

    public const string FileName = "guests.key";

    private const int KeptBytes = 12;

    // A file apart, which does not change with the signing keys: guests must not be renamed.
    private readonly byte[] _secret = keys.Secret(FileName);

    public static bool IsReserved(string userId) => userId.StartsWith(Prefix, StringComparison.Ordinal);

    public string Derive(string deviceId)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(deviceId), hash);
        return Prefix + Convert.ToHexStringLower(hash[..KeptBytes]);
    }
}
