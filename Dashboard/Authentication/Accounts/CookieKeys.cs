using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>
/// Looks at the keys that protect cookies and forms. The framework leaves a key out that it cannot read, or fails with each
/// page that needs one; here a damaged file stops the start, as that of any other key does.
/// </summary>
internal static class CookieKeys
{
    private const int SecretBytes = 64;

    /// <exception cref="Engine.StartRefusedException">A key file holds something else.</exception>
    public static void ThrowIfDamaged(KeyFolder folder, IKeyManager manager)
    {
        var files = folder.Files("*.xml").ToDictionary(name => name, name => Parse(folder.Read(name)!) ?? throw folder.Damaged(name), StringComparer.Ordinal);
        if (files.Count == 0)
            return;
        var keys = manager.GetAllKeys().ToDictionary(key => key.KeyId);
        foreach (var (name, root) in files)
        {
            if (root.Name.LocalName == "revocation")
                continue;
            if (root.Name.LocalName != "key" || !Guid.TryParse(root.Attribute("id")?.Value, out var id) || !keys.TryGetValue(id, out var key) || !IsWhole(root) || !Works(key))
                throw folder.Damaged(name);
        }
    }

    private static XElement? Parse(string text)
    {
        try
        {
            return XElement.Parse(text);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The framework takes a secret of any length.</summary>
    private static bool IsWhole(XElement key)
    {
        var secret = new byte[SecretBytes];
        return key.Descendants("masterKey").Elements("value").All(value => Convert.TryFromBase64String(value.Value.Trim(), secret, out var length) && length == SecretBytes);
    }

    private static bool Works(IKey key)
    {
        var text = "presence"u8.ToArray();
        try
        {
            return key.CreateEncryptor() is { } encryptor
                && encryptor.Decrypt(encryptor.Encrypt(text, ArraySegment<byte>.Empty), ArraySegment<byte>.Empty).AsSpan().SequenceEqual(text);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException) // whatever it is that does not work
        {
            return false;
        }
    }
}
