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

/// <summary>The operating system's lock on the data folder: one process at a time. It ends with the process, however that ends.</summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "presence.lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Creates the folder where needed, for the owner alone, and locks it.</summary>
    /// <exception cref="StartupException">The folder cannot be used, or another process uses it.</exception>
    public static FolderLock Take(string folder)
    {
        try
        {
            OwnerFiles.CreateFolder(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder {folder} cannot be created: {exception.Message} Choose another with Presence__Data, or grant this user the right to create it.", exception);
        }

        var path = Path.Combine(folder, FileName);
        try
        {
            return new FolderLock(OwnerFiles.Open(path, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StartupException($"The data folder {folder} cannot be written: {exception.Message} Grant this user write access, or choose another with Presence__Data.", exception);
        }
        catch (IOException exception)
        {
            throw new StartupException($"The data folder {folder} is in use by another process (it holds {path}). Stop that process, or choose another folder with Presence__Data.", exception);
        }
    }

    // The file stays. Deleting it could delete one that a successor has just locked.
    public void Dispose() => _file.Dispose();
}
