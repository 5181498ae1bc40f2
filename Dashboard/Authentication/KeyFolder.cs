using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Hosting;
using Presence.Engine;

namespace Presence.Dashboard.Authentication;

/// <summary>Secrets made at the first start and kept in the data folder, readable by its owner alone.</summary>
internal sealed class KeyFolder(DashboardOptions options)
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const int SecretBytes = 32;

    private readonly string _folder = Path.Combine(options.Data, "keys");

    /// <summary>A random secret of 256 bits, made when the file is not there.</summary>
    /// <exception cref="StartRefusedException">The file holds something else.</exception>
    public byte[] Secret(string name)
    {
        var text = Text(name, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)));
        var secret = new byte[SecretBytes];
        return Convert.TryFromBase64String(text, secret, out var length) && length == SecretBytes ? secret : throw Damaged(name);
    }

    /// <summary>The text of a key file, made when the file is not there.</summary>
    /// <exception cref="StartRefusedException">The file is empty.</exception>
    public string Text(string name, Func<string> make)
    {
        if (Read(name) is { } kept)
            return kept;
        var made = make();
        Write(name, made);
        return made;
    }

    /// <summary>The text of a key file; null when it is not there.</summary>
    /// <exception cref="StartRefusedException">The file is empty.</exception>
    public string? Read(string name)
    {
        var path = Path.Combine(_folder, name);
        if (!File.Exists(path))
            return null;
        KeepForOwner(path);
        var text = File.ReadAllText(path).Trim();
        return text.Length > 0 ? text : throw Damaged(name);
    }

    /// <summary>Puts a text in place of what the file holds, whole or not at all: a process that is killed midway leaves no half a key behind.</summary>
    public void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else
            Directory.CreateDirectory(_folder, OwnerFolder);

        var draft = path + ".new";
        var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = OwnerFile;
        using (var stream = new FileStream(draft, create))
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }

    public StartRefusedException Damaged(string name) => new(
        $"{Path.GetFullPath(Path.Combine(_folder, name))} is damaged. Put it back from a backup, or delete it to have a new one made; what was signed with it is void then.");

    // A folder copied back from a backup may have become readable for everybody.
    private static void KeepForOwner(string path)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnerFile)
            File.SetUnixFileMode(path, OwnerFile);
    }
}
