using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Presence.Client.Tests.RealServer;

namespace Presence.Client.Tests;

/// <summary>The document and the tests speak of the same rules.</summary>
public sealed partial class RuleTests
{
    private const string AgainstTheProduct = "Presence.Client.Tests.RealServer";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rules_OfTheDocument_AreNumberedThroughAndHaveATestEach(bool againstTheProduct)
    {
        var numbered = Rule().Matches(Repository.Read("docs/clients.md")).Select(match => Number(match.Groups["number"].Value)).ToList();
        var tested = typeof(RuleTests).Assembly.GetTypes()
            .Where(type => type.Namespace == AgainstTheProduct == againstTheProduct)
            .Where(type => !againstTheProduct || type.IsSubclassOf(typeof(ScriptedTests)) || type == typeof(RestartRuleTests))
            .SelectMany(type => type.GetMethods())
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
