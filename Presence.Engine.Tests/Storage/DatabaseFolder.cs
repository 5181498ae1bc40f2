using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>A data folder of its own for one test, gone with it.</summary>
internal sealed class DatabaseFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("presence-").FullName;

    public string File => System.IO.Path.Combine(Path, PresenceDatabase.FileName);

    public PresenceDatabase Database(TimeProvider? time = null) => new(Path, time ?? new ManualTimeProvider());

    public async Task<PresenceDatabase> OpenAsync(TimeProvider? time = null)
    {
        var database = Database(time);
        await database.OpenAsync(TestContext.Current.CancellationToken);
        return database;
    }

    /// <summary>The folder as a crash would leave it at this moment: everything the disk has, nothing closed.</summary>
    public DatabaseFolder CrashCopy()
    {
        var copy = new DatabaseFolder();
        foreach (var file in new[] { File, File + "-wal" })
            System.IO.File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
