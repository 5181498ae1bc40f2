using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Dashboard.Authentication;

/// <summary>
/// Short proofs that the app's backend vouches for a user, to be traded for an access token: secure login.
/// A proof is its expiry and a keyed hash of expiry and user; the user itself comes with the login.
/// </summary>
internal sealed class AuthTokens(SigningKeys keys, TimeProvider time)
{
    public const int LongestToken = 100;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int ExpiryBytes = sizeof(long);

    public string Mint(string userId)
    {
        Span<byte> token = stackalloc byte[ExpiryBytes + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, time.GetUtcNow().Add(Lifetime).ToUnixTimeMilliseconds());
        Sign(keys.Current, userId, token[..ExpiryBytes], token[ExpiryBytes..]);
        return Base64Url.EncodeToString(token);
    }

    public bool Vouches(string token, string userId)
    {
        Span<byte> bytes = stackalloc byte[ExpiryBytes + HMACSHA256.HashSizeInBytes];
        if (token.Length > LongestToken || !Base64Url.IsValid(token, out var length) || length != bytes.Length)
            return false;
        Base64Url.DecodeFromChars(token, bytes);

        if (time.GetUtcNow().ToUnixTimeMilliseconds() >= BinaryPrimitives.ReadInt64BigEndian(bytes))
            return false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in keys.All) // a proof can be signed just before the keys change
        {
            Sign(key, userId, bytes[..ExpiryBytes], expected);
            if (CryptographicOperations.FixedTimeEquals(bytes[ExpiryBytes..], expected))
                return true;
        }
        return false;
    }

    private static void Sign(SigningKey key, string userId, ReadOnlySpan<byte> expiry, Span<byte> signature) =>
        HMACSHA256.HashData(key.AuthTokens, [.. expiry, .. Encoding.UTF8.GetBytes(userId)], signature);
}
