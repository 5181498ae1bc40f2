using System.Text.RegularExpressions;

namespace Presence.Client.Tests;

public sealed partial class ReadmeTests
{
    [Fact]
    public void Readme_Examples_AreThoseThatCompile()
    {
        var compiled = Lines(Repository.Read("clients/dotnet/Presence.Client.Tests/ReadmeExamples.cs")).ToHashSet(StringComparer.Ordinal);
        var examples = Example().Matches(Repository.Read("clients/dotnet/Presence.Client/README.md")).Select(match => match.Groups["code"].Value).ToList();

        Assert.Equal(6, examples.Count);
        foreach (var line in examples.SelectMany(Lines).Where(line => !line.StartsWith("using Presence", StringComparison.Ordinal)))
            Assert.Contains(line, compiled);
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();
}
