namespace Presence.Dashboard.Tests.Docs;

/// <summary>The source tree these tests were built from.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] NotSource = ["bin", "obj", "node_modules", "data", "TestResults", ".git"];

    public static readonly string Root = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>Files below a folder, build output apart, as paths from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Under(string folder, params string[] extensions) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Intersect(NotSource, StringComparer.Ordinal).Any())
            .Where(file => extensions.Any(extension => file.EndsWith(extension, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PresenceDashboard.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("These tests read the documents of the source tree they were built in; it is not above the test binaries.");
    }
}
