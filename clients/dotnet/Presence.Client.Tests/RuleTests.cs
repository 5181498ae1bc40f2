using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Presence.Client.Tests;

/// <summary>The document and the tests speak of the same rules.</summary>
public sealed partial class RuleTests
{
    [Fact]
    public void Rules_OfTheDocument_AreNumberedThroughAndHaveATestEach()
    {
        var numbered = Rule().Matches(Repository.Read("docs/clients.md")).Select(match => Number(match.Groups["number"].Value)).ToList();
        var tested = typeof(RuleTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
            .SelectMany(method => Named().Matches(method.Name))
            .Select(match => Number(match.Groups["number"].Value)).Distinct().Order();

        Assert.Equal(Enumerable.Range(1, numbered.Count), numbered);
        Assert.Equal(numbered, tested);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<number>\d+)\. ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rule();

    [GeneratedRegex(@"(?:^Rule|And)(?<number>\d+)(?=_|And)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
