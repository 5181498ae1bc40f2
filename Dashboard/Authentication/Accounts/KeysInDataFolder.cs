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
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetFullPath(options.Value.Data), "keys"));
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        keys.XmlRepository = new FileSystemXmlRepository(folder, loggers);
    }
}
