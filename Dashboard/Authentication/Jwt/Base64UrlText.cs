using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>Base64url as RFC 7515 has it and in no other spelling: no padding, no white space, no stray bits at the end.</summary>
/// <remarks>The framework's decoder is lenient, and two spellings of one token would be two tokens to every cache and limit.</remarks>
internal static class Base64UrlText
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Digits);

    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet))
            return false;
        var unusedBits = (text.Length % 4) switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        return (Digits.IndexOf(text[^1]) & unusedBits) == 0;
    }

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
        return bytes is not null;
    }
}
