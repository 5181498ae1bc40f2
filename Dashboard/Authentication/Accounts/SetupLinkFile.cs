using System.Text;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>The set-up link as a file in the data folder, readable by its owner only, for those who do not see the log.</summary>
internal sealed class SetupLinkFile(IOptions<DashboardOptions> options)
{
    public string FullPath => Path.Combine(Path.GetFullPath(options.Value.Data), SetupLink.FileName);

    public void Write(string address)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath)!);
        Delete(); // an old file might have wider rights, which writing to it would keep

        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(FullPath, create);
        stream.Write(Encoding.UTF8.GetBytes(address + "\n"));
    }

    public void Delete() => File.Delete(FullPath);
}
