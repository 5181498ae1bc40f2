using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>Documents that name the tests which prove them: every row of theirs names one, and every one is there.</summary>
public sealed partial class ProofDocumentTests
{
    private static readonly Lazy<ILookup<string, string>> Tests = new(() => RepositoryFiles.Under("", "Tests.cs")
        .Concat(RepositoryFiles.Under("Dashboard.Tests", ".cs")).Distinct(StringComparer.Ordinal)
        .Select(RepositoryFiles.Read)
        .SelectMany(source => TestClass().Matches(source).SelectMany(type => Method().Matches(source).Select(method => (Type: Name(type), Method: Name(method)))))
        .ToLookup(test => test.Type, test => test.Method, StringComparer.Ordinal));

    public static TheoryData<string> Documents => ["docs/threat-model.md", "docs/accessibility.md", "docs/how-we-test.md"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Tests_ThatADocumentNames_AreThere(string document)
    {
        var named = Proof().Matches(RepositoryFiles.Read(document)).Select(match => (Class: Name(match), Method: match.Groups["method"].Value)).ToList();

        Assert.NotEmpty(named);
        Assert.All(named.Distinct(), proof => Assert.True(
            Tests.Value.Contains(proof.Class) && (proof.Method.Length == 0 || Tests.Value[proof.Class].Contains(proof.Method)),
            $"{document} names {proof.Class}.{proof.Method}, which is not there."));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Rows_OfATableOfProofs_NameATest(string document)
    {
        var tables = ProofTable().Matches(RepositoryFiles.Read(document)).SelectMany(table => Name(table).Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.NotEmpty(tables);
        Assert.All(tables, row => Assert.Matches(Proof(), row.Split(" | ")[^1]));
    }

    [Fact]
    public void Promises_OfTheReadme_EachHaveTheirTests()
    {
        var promises = Promise().Matches(RepositoryFiles.Read("README.md").Split("\n## What it promises\n")[1].Split("\n## ")[0]).Select(Name).ToList();
        var held = Heading().Matches(RepositoryFiles.Read("docs/how-we-test.md").Split("\n## The promises\n")[1].Split("\n## ")[0]).Select(Name);

        Assert.NotEmpty(promises);
        Assert.Equal(promises, held);
    }

    [Fact]
    public void Packages_OfEveryKind_HaveExactVersions()
    {
        var packages = PackageVersion().Matches(RepositoryFiles.Read("Directory.Packages.props")).Select(Name).ToList();
        var locked = RepositoryFiles.Under("", "package-lock.json").SelectMany(file => JsonNode.Parse(RepositoryFiles.Read(file))!["packages"]!.AsObject())
            .Where(package => package.Key.StartsWith("node_modules/", StringComparison.Ordinal) && package.Value!["link"] is null).ToList();

        Assert.Contains(packages, version => version.Length > 0);
        Assert.All(packages, version => Assert.Matches(Exact(), version));
        Assert.NotEmpty(locked);
        Assert.All(locked, package => Assert.NotNull(package.Value!["integrity"]));
    }

    private static string Name(Match match) => match.Groups["it"].Value;

    [GeneratedRegex(@"`(?<it>\w+Tests)(\.(?<method>\w+_\w+))?`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Proof();

    [GeneratedRegex(@"^\|[^\n]* \| proof \|\n\|[-|]+\|\n(?<it>(\|[^\n]*\n)+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex ProofTable();

    [GeneratedRegex(@"\bclass (?<it>\w+Tests)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestClass();

    [GeneratedRegex(@"public (async )?(Task|ValueTask|void) (?<it>\w+)\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Method();

    [GeneratedRegex(@"^- \*\*(?<it>[^*]+?)\.?\*\*", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Promise();

    [GeneratedRegex("^### (?<it>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"<PackageVersion Include=""[^""]+"" Version=""(?<it>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PackageVersion();

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[\w.]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Exact();
}
