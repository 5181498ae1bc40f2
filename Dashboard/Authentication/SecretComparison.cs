using System.Security.Cryptography;
using System.Text;

namespace Presence.Dashboard.Authentication;

/// <summary>Compares a presented secret with the right one in a time that tells nothing of either.</summary>
internal sealed class SecretComparison(string secret)
{
    private const int LongestSecret = 128;

    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public bool Matches(ReadOnlySpan<char> presented)
    {
        if (presented.Length > LongestSecret)
            return false;
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(LongestSecret)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(presented, text)], hash); // hashed first: equal lengths, whatever was sent
        return CryptographicOperations.FixedTimeEquals(hash, _hash);
    }
}
