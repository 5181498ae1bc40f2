using System.Collections.Concurrent;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Presence.Dashboard.Hosting;

/// <summary>The files of pages, read once. A file that is sent from the disk stays open until its reader has it all, and slow readers would take all the files that the process may open.</summary>
/// <remarks><b>Bound.</b> By the files of the build, about 3 MB; a larger one is sent from the disk.</remarks>
internal sealed class FilesInMemory(IFileProvider files) : IFileProvider
{
    private const int LargestKept = 8_000_000;

    private readonly ConcurrentDictionary<string, KeptFile> _kept = new(StringComparer.Ordinal);

    public IFileInfo GetFileInfo(string subpath)
    {
        var file = files.GetFileInfo(subpath);
        if (!file.Exists || file.IsDirectory || file.Length > LargestKept || file.PhysicalPath is not { } path)
            return file;
        if (_kept.TryGetValue(path, out var kept) && kept.LastModified == file.LastModified && kept.Length == file.Length)
            return kept;
        return _kept[path] = new KeptFile(file.Name, File.ReadAllBytes(path), file.LastModified);
    }

    public IDirectoryContents GetDirectoryContents(string subpath) => files.GetDirectoryContents(subpath);

    public IChangeToken Watch(string filter) => files.Watch(filter);

    private sealed class KeptFile(string name, byte[] content, DateTimeOffset lastModified) : IFileInfo
    {
        public bool Exists => true;

        public bool IsDirectory => false;

        public DateTimeOffset LastModified => lastModified;

        public long Length => content.Length;

        public string Name => name;

        /// <summary>None, or the framework would open it.</summary>
        public string? PhysicalPath => null;

        public Stream CreateReadStream() => new MemoryStream(content, writable: false);
    }
}
