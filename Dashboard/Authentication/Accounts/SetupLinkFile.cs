using System.Text;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>The set-up link as a file in the data folder, readable by its owner only, for those who do not see the log.</summary>
internal sealed class SetupLinkFile(IOptions<DashboardOptions> options)
{
    public string FullPath => Path.Combine(Path.GetFullPath(options.Value.Data), SetupLink.FileName);

    public void Write(string address)
    {
        OwnerFiles.CreateFolder(Path.GetDirectoryName(FullPath)!);
        Delete(); // an old file might have wider rights, which writing to it would keep
        using var stream = OwnerFiles.Open(FullPath, FileMode.CreateNew);
        stream.Write(Encoding.UTF8.GetBytes(address + "\n"));
    }

    public void Delete() => File.Delete(FullPath);
}
