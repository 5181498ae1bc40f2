using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Keeps the keys that protect cookies in the data folder, readable by its owner only, so that a restart signs nobody out.</summary>
internal sealed class KeysInDataFolder(IOptions<DashboardOptions> options, ILoggerFactory loggers) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions keys)
    {
        // Options are asked for before the database opens: whoever comes first makes the data folder, for its owner alone.
        var data = Path.GetFullPath(options.Value.Data);
        var folder = Path.Combine(data, "keys");
        foreach (var path in new[] { data, folder })
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        keys.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder), loggers);
    }
}
