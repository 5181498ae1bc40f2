using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Presence.Dashboard.Authentication.Jwt;

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
            // Something else, or an escape that makes no text.
        }
        return text is not null;
    }
}
