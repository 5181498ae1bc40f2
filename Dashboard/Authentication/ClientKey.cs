using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>The public key that apps send as X-API-Key when they log a viewer in. Names this installation; protects nothing by itself.</summary>
internal sealed class ClientKey
{
    public const string FileName = "client.key";

    private readonly SecretComparison _comparison;

    public ClientKey(DashboardOptions options, KeyFolder keys)
    {
        Value = options.Clients.Key ?? keys.Text(FileName, () => "pk_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        _comparison = new SecretComparison(Value);
    }

    /// <summary>The key, from the configuration or made at the first start.</summary>
    public string Value { get; }

    public bool Matches(ReadOnlySpan<char> presented) => _comparison.Matches(presented);
}

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
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(presented, text)], hash); // hashed first, so that the compared lengths are equal
        return CryptographicOperations.FixedTimeEquals(hash, _hash);
    }
}
