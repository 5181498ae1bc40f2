using System.Text.RegularExpressions;
using Presence.Dashboard.Display;
using Presence.Dashboard.Jobs;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>What runs in the background is called something on pages, not what health calls it.</summary>
public sealed partial class LoopWordsTests
{
    [Fact]
    public void OfLoop_OfEveryLoopThereIs_IsAWordOfThePages()
    {
        var names = RepositoryFiles.Under("Dashboard", ".cs").SelectMany(path => Loop().Matches(RepositoryFiles.Read(path)).Select(match => match.Groups["name"].Value)).ToList();

        Assert.True(names.Count >= 10, $"{names.Count} loops found.");
        Assert.DoesNotContain(names.Concat(JobNames.All).Append("restore"), name => SystemWords.OfLoop(name) == name);
    }

    [GeneratedRegex(@"BackgroundLoop\(""(?<name>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Loop();
}
