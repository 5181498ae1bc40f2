namespace Presence.Dashboard.Tests.Support;

/// <summary>A folder of its own for one test, gone with it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("presence-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
