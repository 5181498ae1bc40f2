using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Client.Server;

/// <summary>Verifies that a webhook is from your Presence server, unchanged, and sent a moment ago.</summary>
/// <param name="secret">The endpoint's secret: <c>whsec_</c> and base64.</param>
/// <param name="time">The clock that <see cref="Tolerance"/> is measured with; the system's when null.</param>
/// <exception cref="FormatException">The secret isn't one.</exception>
/// <remarks>
/// <para><b>Threads.</b> Any.</para>
/// <para><b>Guarantee.</b> Every <c>v1</c> signature of the header is compared in fixed time, so it verifies throughout a rotation with the old secret and with the new one.
/// A webhook can come more than once: remember its <c>webhook-id</c>.</para>
/// <para><b>Source.</b> The Standard Webhooks specification.</para>
/// </remarks>
public sealed class WebhookVerifier(string secret, TimeProvider? time = null)
{
    private const string Prefix = "whsec_";
    private const string Version = "v1,";

    private readonly byte[] _key = KeyOf(secret);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>How far the time of the webhook can be from now, either way.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether a request is a webhook of your server.</summary>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="signature">The header <c>webhook-signature</c>.</param>
    /// <param name="body">The body, byte for byte as it came.</param>
    /// <returns>False when a header is missing, it is older or newer than <see cref="Tolerance"/>, or no signature fits.</returns>
    public bool Verify(string? id, string? timestamp, string? signature, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (id is not { Length: > 0 } || signature is null || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var second))
            return false;
        var age = _time.GetUtcNow().ToUnixTimeSeconds() - (double)second;
        if (Math.Abs(age) > Tolerance.TotalSeconds)
            return false;

        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed, head.Length);
        using var hmac = new HMACSHA256(_key);
        var expected = hmac.ComputeHash(signed);
        var fits = false;
        foreach (var part in signature.Split(' '))
            fits |= part.StartsWith(Version, StringComparison.Ordinal) && IsEqual(expected, part.Substring(Version.Length));
        return fits;
    }

    private static bool IsEqual(byte[] expected, string text)
    {
        byte[] given;
        try
        {
            given = Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return false;
        }
        if (given.Length != expected.Length)
            return false;
        var difference = 0;
        for (var i = 0; i < expected.Length; i++) // all of them, however early they differ
            difference |= given[i] ^ expected[i];
        return difference == 0;
    }

    private static byte[] KeyOf(string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        var key = Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret.Substring(Prefix.Length) : secret);
        return key.Length >= 24 ? key : throw new FormatException("The secret is too short. Copy it whole: whsec_ and base64.");
    }
}
