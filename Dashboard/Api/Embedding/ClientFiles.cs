namespace Presence.Dashboard.Api.Embedding;

/// <summary>The scripts of the TypeScript client, which the build puts into the assembly: the server and its client are of one version.</summary>
internal static class ClientFiles
{
    private const string Folder = "client/";

    public static readonly IReadOnlyDictionary<string, ClientFile> All = Load();

    private static Dictionary<string, ClientFile> Load()
    {
        var assembly = typeof(ClientFiles).Assembly;
        var files = new Dictionary<string, ClientFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var script = new byte[stream.Length];
            stream.ReadExactly(script);
            files[resource[Folder.Length..]] = new ClientFile(script);
        }
        return files;
    }
}
