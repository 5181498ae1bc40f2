using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Presence.Client;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Diagnostics;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Docs;

public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. RepositoryFiles.Under("", ".md")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_EveryRelativeLinkAndImage_LeadsSomewhere(string document)
    {
        var folder = Path.GetDirectoryName(document)!;

        foreach (var target in LinksOf(document))
        {
            var parts = target.Split('#', 2);
            var path = parts[0].Length == 0 ? document : Path.Combine(folder, parts[0]);
            Assert.True(RepositoryFiles.Exists(path), $"{document} links to {target}, which is not there.");
            if (parts.Length == 2)
                Assert.True(HeadingsOf(path).Contains(parts[1]), $"{document} links to {target}, but {path} has no such heading.");
        }
    }

    [Fact]
    public void Readme_Commands_NameWhatIsThere()
    {
        var commands = CommandsOf("README.md");

        Assert.Contains("dotnet run --project Dashboard", commands);
        Assert.Contains("./test.sh", commands);
        Assert.All(commands.SelectMany(command => command.Split(' ')).Where(word => word.StartsWith("./", StringComparison.Ordinal)),
            path => Assert.True(RepositoryFiles.Exists(path), $"README.md runs {path}, which is not there."));
        Assert.All(commands.Where(command => command.StartsWith("dotnet run --project", StringComparison.Ordinal)),
            command => Assert.True(RepositoryFiles.Exists(command.Split(' ')[3]), command));
    }

    [Fact]
    public void Version_OfServerClientsAndChangelog_IsOne()
    {
        var version = ServerStart.Version;
        var package = JsonNode.Parse(RepositoryFiles.Read("clients/typescript/package.json"))!;
        var packageLock = JsonNode.Parse(RepositoryFiles.Read("clients/typescript/package-lock.json"))!;

        Assert.Equal(version, package["version"]!.GetValue<string>());
        Assert.Equal(version, packageLock["version"]!.GetValue<string>());
        Assert.Equal(version, packageLock["packages"]![""]!["version"]!.GetValue<string>());
        Assert.Equal(version, typeof(RoomPresence).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]);
        Assert.Equal(version, ReleasedVersion().Match(RepositoryFiles.Read("CHANGELOG.md")).Groups["it"].Value);
    }

    [Fact]
    public void Documentation_EveryPage_IsInItsIndex()
    {
        AssertIndexed("docs", "docs/README.md");
        AssertIndexed("docs/decisions", "docs/decisions/README.md");

        static void AssertIndexed(string folder, string index)
        {
            var linked = LinksOf(index);
            var pages = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.md").Select(Path.GetFileName).Where(page => page != "README.md");
            Assert.All(pages, page => Assert.Contains(page, linked));
        }
    }

    [Fact]
    public void Pictures_OfPages_AreAllShownAndAllThere()
    {
        var shown = RepositoryFiles.Under("docs", ".md").SelectMany(page => Picture().Matches(RepositoryFiles.Read(page))).Select(match => "docs/" + match.Value).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(RepositoryFiles.Under("docs/images", ".png").Order(StringComparer.Ordinal), shown);
    }

    [Fact]
    public void Contributing_EveryFileAndTestNamed_IsThere()
    {
        var named = Code().Matches(RepositoryFiles.Read("CONTRIBUTING.md")).Select(match => match.Groups["it"].Value).ToList();

        foreach (var path in named.Where(name => SourcePath().IsMatch(name)))
            Assert.True(RepositoryFiles.Exists(path), $"CONTRIBUTING.md names {path}, which is not there.");

        var tests = RepositoryFiles.Under("", "Tests.cs").Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        foreach (var test in named.Where(name => TestClass().IsMatch(name)))
            Assert.Contains(test, tests);
    }

    [Fact]
    public async Task Operations_MetricsInTheDocument_AreThoseOfTheMeters()
    {
        await using var host = await DashboardHost.StartAsync();
        var meter = host.Services.GetRequiredService<ServerMetrics>().Meter;
        List<string> ofTheServer = [];
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => { if (instrument.Meter == meter) ofTheServer.Add(instrument.Name); } };
        listener.Start(); // tells of those that are there
        var names = typeof(PresenceMetricNames).GetFields().Where(field => field.Name is not (nameof(PresenceMetricNames.Meter) or nameof(PresenceMetricNames.Reason)))
            .Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(
            names.Concat(ofTheServer).Order(StringComparer.Ordinal),
            MetricRow().Matches(RepositoryFiles.Read("docs/operations.md").Split("\n## Measure\n")[1]).Select(row => row.Groups["it"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Operations_TablesThatNameAPerson_AreThoseOfTheModel()
    {
        await using var database = new PresenceDatabase(Path.GetTempPath(), TimeProvider.System); // never opened
        await using var context = database.CreateDbContext();
        var tables = context.Model.GetEntityTypes().Where(entity => entity.FindProperty("UserId") is not null).Select(entity => entity.GetTableName()!).Append("Channels").Append("Draws");

        var section = RepositoryFiles.Read("docs/operations.md").Split("\n### What the database keeps of a person\n")[1].Split("\n## ")[0];
        Assert.Equal(tables.Order(StringComparer.Ordinal), TableRow().Matches(section).Select(row => row.Groups["it"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ThirdParties_OfThePackagesRestored_AreOnTheirPage()
    {
        var (exitCode, _, errors) = await Tool.RunAsync("node", ["build/third-parties.mjs", "--check"], RepositoryFiles.Root);

        Assert.True(exitCode == 0, errors);
    }

    [Fact]
    public void Dockerfile_EveryCopiedPath_IsThere()
    {
        var copies = RepositoryFiles.Read("Dockerfile").Split('\n').Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal));

        Assert.All(copies.SelectMany(line => line.Split(' ')[1..^1]), path => Assert.True(RepositoryFiles.Exists(path), $"The Dockerfile copies {path}, which is not there."));
    }

    private static IReadOnlyList<string> LinksOf(string document) =>
        [.. Link().Matches(WithoutCode(RepositoryFiles.Read(document))).Select(match => match.Groups["it"].Value).Where(target => !target.Contains(':', StringComparison.Ordinal))];

    private static HashSet<string> HeadingsOf(string document) =>
        [.. Heading().Matches(WithoutCode(RepositoryFiles.Read(document))).Select(match => NotInAnchor().Replace(match.Groups["it"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    private static IReadOnlyList<string> CommandsOf(string document) =>
        [.. ShellBlock().Matches(RepositoryFiles.Read(document)).SelectMany(match => match.Groups["it"].Value.Split('\n')).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];

    private static string WithoutCode(string text) => Fence().Replace(text, "");

    [GeneratedRegex(@"\]\((?<it>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<it>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 1000)]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"images/[\w-]+\.png", RegexOptions.None, 1000)]
    private static partial Regex Picture();

    [GeneratedRegex(@"^\| `(?<it>presence\.[\w.]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetricRow();

    [GeneratedRegex("""^\| `(?<it>[A-Z]\w+)` \|""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^```sh\n(?<it>.*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^## (?<it>\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex ReleasedVersion();

    [GeneratedRegex(@"`(?<it>[^`\n]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(?!\.\./)[\w.\-]+(/[\w.\-]+)+/?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SourcePath();

    [GeneratedRegex(@"^\w+Tests$", RegexOptions.None, 1000)]
    private static partial Regex TestClass();
}
