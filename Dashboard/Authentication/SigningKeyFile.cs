using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Presence.Dashboard.Authentication;

/// <summary>Keeps the signing keys in one file, so that a change of them is whole or not at all: a line for each, oldest first.</summary>
internal sealed class SigningKeyFile(KeyFolder folder)
{
    private const string Name = "signing.keys";
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <exception cref="Engine.StartRefusedException">The file is there and holds something else.</exception>
    public List<SigningKey> Read()
    {
        if (folder.Read(Name) is not { } text)
            return [];
        var keys = new List<SigningKey>();
        foreach (var line in text.Split('\n'))
            keys.Add(TryParse(line, out var key) ? key : throw folder.Damaged(Name));
        return keys;
    }

    public void Write(IEnumerable<SigningKey> keys) => folder.Write(Name, string.Join('\n', keys.Select(Line)));

    private static string Line(SigningKey key) => string.Join(' ', key.Id, Instant(key.ActiveFrom), Instant(key.VerifiesUntil), Convert.ToBase64String(key.Secret));

    private static string Instant(DateTimeOffset at) => at.ToString(InstantFormat, CultureInfo.InvariantCulture);

    private static bool TryParse(string line, [NotNullWhen(true)] out SigningKey? key)
    {
        key = null;
        if (line.TrimEnd('\r').Split(' ') is not [var id, var activeFrom, var verifiesUntil, var secret] || !id.StartsWith(SigningKey.IdPrefix, StringComparison.Ordinal))
            return false;
        var bytes = new byte[SigningKey.SecretBytes];
        if (!Convert.TryFromBase64String(secret, bytes, out var length) || length != bytes.Length || !TryRead(activeFrom, out var from) || !TryRead(verifiesUntil, out var until))
            return false;
        key = new SigningKey(id, from, until, bytes);
        return true;
    }

    private static bool TryRead(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
}
