using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Dashboard.Authentication;

/// <summary>
/// What a server key looks like: <c>pd_</c>, 43 random digits (256 bits), 6 digits of checksum. Whoever finds one knows what
/// it is, a scanner for leaked secrets does so too, and a typing error is told from a revoked key without a look-up.
/// </summary>
internal static class ServerKeyText
{
    public const string Prefix = "pd_";
    public const int Length = 52;

    /// <summary>How much of a key may be shown to recognise it by.</summary>
    public const int ShownLength = 9;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int ChecksumLength = 6;
    private const int RandomLength = Length - ChecksumLength - 3;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Digits);

    public static string Make()
    {
        var text = Prefix + RandomNumberGenerator.GetString(Digits, RandomLength);
        return text + Checksum(text);
    }

    /// <summary>Whether somebody means one of ours by it, well typed or not.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether it is written without an error. Says nothing of whether there is such a key.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) =>
        text.Length == Length
        && LooksLikeOne(text)
        && !text[Prefix.Length..].ContainsAnyExcept(Alphabet)
        && text[^ChecksumLength..].SequenceEqual(Checksum(text[..^ChecksumLength]));

    public static byte[] Hash(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(text, bytes)]);
    }

    private static string Checksum(ReadOnlySpan<char> text)
    {
        var crc = Crc32(text);
        return string.Create(ChecksumLength, crc, static (digits, rest) =>
        {
            for (var i = digits.Length - 1; i >= 0; i--, rest /= (uint)Digits.Length)
                digits[i] = Digits[(int)(rest % (uint)Digits.Length)];
        });
    }

    /// <summary>CRC-32 as in gzip and PNG. Of so few characters that a table would not pay.</summary>
    private static uint Crc32(ReadOnlySpan<char> text)
    {
        var crc = uint.MaxValue;
        foreach (var character in text)
        {
            crc ^= character;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
