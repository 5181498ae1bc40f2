namespace Presence.Engine.Storage;

/// <summary>Files and folders that only the user who runs the product may read.</summary>
public static class OwnerFiles
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Creates a folder that only its owner can read. An existing one keeps its permissions.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, FolderMode);
    }

    /// <summary>Opens a file for writing. One it creates is the owner's alone from its first byte on.</summary>
    public static FileStream Open(string path, System.IO.FileMode mode, FileShare share = FileShare.Read)
    {
        // Unbuffered: the operating system has the bytes when the call returns.
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode;
        return new FileStream(path, options);
    }

    /// <summary>Takes from others what rights they have on a file.</summary>
    /// <exception cref="IOException">It cannot be done, also as <see cref="UnauthorizedAccessException"/>: the file belongs to another user.</exception>
    public static void Tighten(string path)
    {
        if (!OperatingSystem.IsWindows())
            Tighten(new FileInfo(path));
    }

    /// <summary>Takes from others what rights they have on anything in a folder; the folder itself keeps what its maker gave it.</summary>
    /// <returns>The files that could not be changed because they belong to another user. Links are not followed.</returns>
    public static IReadOnlyList<string> TightenAll(string folder)
    {
        if (OperatingSystem.IsWindows())
            return [];

        var left = new List<string>();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options))
        {
            try
            {
                Tighten(entry);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                left.Add(entry.FullName);
            }
        }
        return left;
    }

    private static void Tighten(FileSystemInfo entry)
    {
        const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows() && (entry.UnixFileMode & ~Owners) != UnixFileMode.None)
            entry.UnixFileMode &= Owners;
    }
}
