namespace Presence.Client.Tests;

/// <summary>The source tree these tests were built from.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

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
