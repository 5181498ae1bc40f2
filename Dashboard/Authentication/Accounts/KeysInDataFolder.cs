using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Keeps the keys that protect cookies in the data folder, readable by its owner only, so that a restart signs nobody out.</summary>
internal sealed class KeysInDataFolder(IOptions<DashboardOptions> options, ILoggerFactory loggers) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions keys)
    {
        // Options are asked for before the database opens: whoever comes first makes the data folder, for its owner alone.
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
                throw new StartRefusedException($"The folder {path} cannot be created: {failure.Message} Give {Environment.UserName}, the user the server runs as, the right to create it, or choose another data folder with Presence__Data.", failure);
            }
        }
        RequireReadable(data);
        keys.XmlRepository = new OwnerRepository(folder, loggers);
    }

    /// <summary>Reads every key there is: one that cannot be read would be made anew without a word, or missed at the first request.</summary>
    /// <exception cref="StartRefusedException">One cannot be read, or the folder cannot be looked into.</exception>
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

    /// <summary>The framework writes files that everybody may read, and relies on the folder's rights, which are whoever's who made it.</summary>
    private sealed class OwnerRepository(string folder, ILoggerFactory loggers) : FileSystemXmlRepository(new DirectoryInfo(folder), loggers)
    {
        public override void StoreElement(XElement element, string friendlyName)
        {
            base.StoreElement(element, friendlyName);
            OwnerFiles.TightenAll(folder);
        }
    }
}
