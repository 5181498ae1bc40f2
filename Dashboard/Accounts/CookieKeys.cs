using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Looks at the keys that protect cookies and forms. The framework leaves a key out that it cannot read, or fails with each
/// page that needs one; here a damaged file stops the start, as that of any other key does.
/// </summary>
internal static class CookieKeys
{
    private const int SecretBytes = 64;

    /// <exception cref="Engine.StartupException">A key file holds something else.</exception>
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
        catch (Exception exception) when (exception is not OutOfMemoryException) // any failure to read or decrypt
        {
            return false;
        }
    }
}

/// <summary>Keeps the keys that protect cookies in the data folder, readable by its owner only, so that a restart signs no one out.</summary>
internal sealed class KeysInDataFolder(IOptions<DashboardOptions> options, ILoggerFactory loggers) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions keys)
    {
        // Options are read before the database opens, so the data folder is created here, with access for its owner only.
        var data = Path.GetFullPath(options.Value.Data);
        var folder = Path.Combine(data, KeyFolder.Name);
        foreach (var path in new[] { data, folder })
        {
            try
            {
                OwnerFiles.CreateFolder(path);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new StartupException($"The folder {path} cannot be created: {failure.Message} Give {Environment.UserName}, the user the server runs as, the right to create it, or choose another data folder with Presence__Data.", failure);
            }
        }
        RequireReadable(data);
        keys.XmlRepository = new OwnerRepository(folder, loggers);
    }

    /// <summary>Reads every key there is: an unreadable one would be replaced silently, or missed at the first request.</summary>
    /// <exception cref="StartupException">One cannot be read, or the folder cannot be looked into.</exception>
    public static void RequireReadable(string data)
    {
        var folder = Path.Combine(Path.GetFullPath(data), KeyFolder.Name);
        var at = folder;
        try
        {
            if (!Directory.Exists(folder))
                return;
            foreach (var path in Directory.EnumerateFiles(folder))
            {
                at = path;
                using var file = File.OpenRead(path);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw KeyFolder.Unusable(at, failure);
        }
    }

    /// <summary>The framework writes world-readable files and relies on the folder's permissions.</summary>
    private sealed class OwnerRepository(string folder, ILoggerFactory loggers) : FileSystemXmlRepository(new DirectoryInfo(folder), loggers)
    {
        public override void StoreElement(XElement element, string friendlyName)
        {
            base.StoreElement(element, friendlyName);
            OwnerFiles.TightenAll(folder);
        }
    }
}

/// <summary>
/// Gives the sign-in cookie's name its prefix over TLS (<see cref="PublicAddress.SecureCookiePrefix"/>). Over plain HTTP
/// browsers refuse such names, so it goes without; the dashboard warns there.
/// </summary>
internal sealed class SchemeAwareCookieManager(string prefix = "__Host-") : ICookieManager
{
    private readonly ChunkingCookieManager _inner = new();

    public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, NameFor(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _inner.AppendResponseCookie(context, NameFor(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _inner.DeleteCookie(context, NameFor(context, key), options);

    private string NameFor(HttpContext context, string key) => context.Request.IsHttps ? prefix + key : key;
}
