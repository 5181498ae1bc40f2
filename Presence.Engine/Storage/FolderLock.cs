namespace Presence.Engine.Storage;

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
