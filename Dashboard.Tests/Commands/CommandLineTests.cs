using System.Globalization;
using Presence.Dashboard.Commands;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Docs;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Commands;

/// <summary>What is made of the words behind <c>Dashboard.dll</c>.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--hepl", "Did you mean --help?")]
    [InlineData("bakcup x.db", "\"bakcup\" is unknown to Dashboard.dll. Did you mean backup?")]
    [InlineData("verison", "Did you mean version?")]
    [InlineData("sevre", "--help lists")]
    [InlineData("run now", "\"now\" is unknown to Dashboard.dll run.")]
    [InlineData("run --hepl", "Did you mean --help?")]
    [InlineData("health bogus", "\"bogus\" is unknown to Dashboard.dll health.")]
    [InlineData("health --verbose", "\"--verbose\"")]
    [InlineData("--url http://localhost:1", "Did you mean --urls?")]
    [InlineData("-urls http://localhost:1", "Did you mean --urls?")]
    [InlineData("--dmeo", "Did you mean --demo?")]
    [InlineData("--Presense:Demo=true", "Did you mean --Presence:Demo?")]
    [InlineData("--loud=yes", "\"--loud=yes\"")]
    [InlineData("--urls", "--urls needs a value")]
    [InlineData("--Presence:Demo --urls=http://localhost:1", "--Presence:Demo needs a value")]
    [InlineData("backup", "FILE")]
    [InlineData("backup a.db b.db", "\"b.db\"")]
    [InlineData("restore", "FILE")]
    [InlineData("check --deep", "\"--deep\"")]
    [InlineData("admin", "Dashboard.dll admin --help")]
    [InlineData("admin rest-password a@b.example", "Did you mean reset-password?")]
    [InlineData("admin reset-password", "EMAIL")]
    [InlineData("admin add a@b.example --role Boss", "Boss")]
    [InlineData("config shwo", "Did you mean show?")]
    [InlineData("version 2", "\"2\"")]
    [InlineData("@words", "\"@words\"")]
    [InlineData("[diagram] version", "[diagram]")]
    [InlineData("simulate --key k --visitors 5", "\"--visitors\"")]
    public async Task Run_WithWordsThatAreNone_SaysSoInALineAndStartsNothing(string words, string expected)
    {
        var (exitCode, output, errors) = await RunAsync(words.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.All(errors.TrimEnd().Split('\n'), line => Assert.InRange(line.Trim().Length, 1, 300));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("--help", "Commands:")]
    [InlineData("-h", "Commands:")]
    [InlineData("--urls http://localhost:1 --help", "Commands:")]
    [InlineData("run --help", "--urls")]
    [InlineData("health --help", "Exit code 0")]
    [InlineData("simulate --help", "--viewers")]
    [InlineData("backup --help", "<FILE>")]
    [InlineData("restore --help", "<FILE>")]
    [InlineData("check --help", "the whole database")]
    [InlineData("admin --help", "reset-password")]
    [InlineData("admin reset-password --help", "<EMAIL>")]
    [InlineData("admin add --help", "--role")]
    [InlineData("config --help", "show")]
    [InlineData("config check --help", "exit code")]
    [InlineData("config show --help", "Secrets are hidden")]
    [InlineData("version --help", "version")]
    public async Task Run_AskedForHelp_PrintsItAndStartsNothing(string words, string expected)
    {
        var (exitCode, output, errors) = await RunAsync(words.Split(' '));

        Assert.Equal(0, exitCode);
        Assert.Empty(errors);
        Assert.Contains(expected, output.ReplaceLineEndings(" "), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task Run_AskedForTheVersion_SaysIt(string word) =>
        Assert.StartsWith($"Presence Dashboard {ServerStart.Version} (", (await RunAsync(word)).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "")]
    [InlineData("run", "")]
    [InlineData("--demo --urls http://x:1", "--Presence:Demo=true --urls=http://x:1")]
    [InlineData("run --urls=http://x:1 --demo=false", "--urls=http://x:1 --Presence:Demo=false")]
    [InlineData("--Presence:Clients:Key=a=b --environment Development", "--Presence:Clients:Key=a=b --environment=Development")]
    [InlineData("--Presence__Data /srv --logging:logLevel:default=Debug --URLS=x", "--Presence:Data=/srv --logging:logLevel:default=Debug --URLS=x")]
    [InlineData("--Kestrel:Endpoints:Http:Url http://x:1 --http_ports 80", "--Kestrel:Endpoints:Http:Url=http://x:1 --http_ports=80")]
    public void Read_WordsOfAServer_AreTheConfigurations(string words, string configuration)
    {
        var read = CommandWords.Read(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Empty(read.Problems);
        Assert.Equal(configuration.Split(' ', StringSplitOptions.RemoveEmptyEntries), read.Configuration);
        Assert.True(read.Rest is [] or ["run"]);
    }

    [Theory]
    [InlineData("backup", "backup", 0)]
    [InlineData("bakcup", "backup", 1)]
    [InlineData("VERSION", "version", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_OfTwoWords_CountsTheSlips(string one, string other, int expected) => Assert.Equal(expected, Suggestion.Distance(one, other));

    [Fact]
    public async Task ConfigCheck_OfABadConfiguration_ListsEverything()
    {
        var (exitCode, _, errors) = await RunAsync("config", "check", "--Presence:Limits:Rooms=-1", "--Presence:Sever:Key=x", "--urls=localhost:80");

        Assert.Equal(1, exitCode);
        Assert.Contains("The configuration has 3 problems:", errors, StringComparison.Ordinal);
        Assert.Contains("Presence__Limits__Rooms: \"-1\" is not a whole number", errors, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS: \"localhost:80\" is not an address such as", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigCheck_OfAGoodConfiguration_Is0AndTouchesNothing()
    {
        Assert.Equal((0, "The configuration has no problems.", ""), await RunAsync("config", "check"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task ConfigShow_OfSecrets_HidesThemAndSaysWhichAreSet()
    {
        const string Secret = "a-secret-of-many-characters-0123456789";
        var (exitCode, output, _) = await RunAsync(
            "config", "show", $"--Presence:Server:Key={Secret}", $"--Presence:Clients:Jwt:Secret={Secret}", $"--Presence:Clients:Key={Secret}", "--Presence:Setup:AdminEmail=a@b.example",
            $"--Presence:Setup:AdminPassword={Secret}", "--Presence:Clients:TokenLifetime=90m", "--Presence:Clients:Origins=https://a.example,https://b.example", "--urls=http://localhost:5080;http://unix:/tmp/x.sock");
        var lines = output.Split('\n');

        Assert.Equal(0, exitCode);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
        Assert.Contains("Presence__Server__Key=(set, hidden)", lines);
        Assert.Contains("# Presence__Clients__Jwt__PublicKey=", lines);
        Assert.Contains("Presence__Setup__AdminEmail=a@b.example", lines);
        Assert.Contains("Presence__Clients__TokenLifetime=90m", lines);
        Assert.Contains("Presence__Clients__Origins=https://a.example,https://b.example", lines);
        Assert.Contains("# Presence__Limits__RoomsPerUser=20", lines);
        Assert.Contains("ASPNETCORE_URLS=http://localhost:5080;http://unix:/tmp/x.sock", lines);
        Assert.Contains($"Presence__Data={DataFolder}", lines);
    }

    [Fact]
    public void Commands_InTheDocument_AreAllThereAre()
    {
        var root = CommandLine.Root(new CommandCall([], TextWriter.Null, TextWriter.Null));
        var names = root.Subcommands.SelectMany(command => command.Subcommands.Count == 0 ? [command.Name] : command.Subcommands.Select(inner => $"{command.Name} {inner.Name}")).ToList();

        Assert.Equal(["run", "health", "simulate", "backup", "restore", "check", "admin reset-password", "admin reset-second-factor", "admin second-factor-optional", "admin add", "person export", "person erase", "config check", "config show", "version"], names);
        var document = RepositoryFiles.Read("docs/operations.md");
        Assert.All(names, name => Assert.Contains($"| `{name}", document, StringComparison.Ordinal));
    }

    private string DataFolder => Path.Combine(_folder.Path, "data");

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" }, errors = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        // Where it would keep its data, should it start after all.
        var exitCode = await CommandLine.RunAsync([.. args, $"--Presence:Data={DataFolder}"], output, errors);
        return (exitCode, $"{output}".TrimEnd(), $"{errors}".TrimEnd());
    }
}
