using System.CommandLine;
using Presence.Dashboard.Commands;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Docs;
using Presence.Simulation;

namespace Presence.Dashboard.Tests.Simulation;

public sealed class SimulateArgumentsTests
{
    [Fact]
    public void Parse_EveryOption_IsTaken()
    {
        var (options, problems) = Parse(
            "--url", "http://127.0.0.1:9", "--key", "k", "--rooms", "50", "--viewers=5000", "--churn", "12.5%", "--vanish", "10", "--hidden", "40",
            "--lossy", "5", "--duration", "2m", "--ramp", "30s", "--connections", "8");

        Assert.Empty(problems);
        Assert.Equal(
            new SimulateOptions
            {
                Url = new Uri("http://127.0.0.1:9"),
                Key = "k",
                Rooms = 50,
                Viewers = 5000,
                Churn = 0.125,
                Vanish = 0.1,
                Hidden = 0.4,
                Lossy = 0.05,
                Duration = TimeSpan.FromMinutes(2),
                Ramp = TimeSpan.FromSeconds(30),
                Connections = 8,
            },
            options with { Route = null });
        Assert.Equal(new LocalAddress(new Uri("http://127.0.0.1:9"), SocketPath: null), options.Route!.Target);
    }

    [Fact]
    public void Parse_ManyMistakes_AreToldAtOnceWithTheWayOut()
    {
        var (_, problems) = Parse("--rooms", "0", "--viewers", "many", "--churn", "-3", "--lossy", "100", "--duration", "soon", "--url", "localhost");

        Assert.Equal(
            ((string[])
            [
                "--url: \"localhost\" is not an http or https address such as http://localhost:5080.",
                "--rooms: \"0\" is not a whole number from 1 to 10000.",
                "--viewers: \"many\" is not a whole number from 1 to 100000.",
                "--churn: \"-3\" is not a percentage from 0 to 1000.",
                "--lossy: \"100\" is not a percentage from 0 to 90.",
                "--duration: \"soon\" is not a number and s, m, h or d, such as 90s or 5m, up to 7d.",
                "--key is missing. Set the server's client key (keys/client.key in its data folder), or set --secret to Presence__Clients__Jwt__Secret.",
            ]).Order(StringComparer.Ordinal),
            problems.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_ServerElsewhere_MustBeOnesOwn()
    {
        Assert.StartsWith("--url: https://presence.example.com/ isn't this machine.", Assert.Single(Parse("--key", "k", "--url", "https://presence.example.com").Problems), StringComparison.Ordinal);
        Assert.Empty(Parse("--key", "k", "--url", "https://presence.example.com", "--i-own-this-server").Problems);
    }

    [Fact]
    public void Parse_KeyInTheEnvironment_NeedNotBeOnTheCommandLine()
    {
        var (options, problems) = Parse(name => name == "Presence__Clients__Key" ? "from outside" : null);

        Assert.Empty(problems);
        Assert.Equal("from outside", options.Key);
    }

    [Fact]
    public void Arrival_UnlessSaid_KeepsTheLoginLimit()
    {
        Assert.Equal(TimeSpan.FromSeconds(125), new SimulateOptions { Viewers = 5000, Key = "k" }.Arrival);
        Assert.Equal(TimeSpan.FromSeconds(20), new SimulateOptions { Viewers = 10_000, Secret = "s" }.Arrival);
        Assert.Equal(TimeSpan.FromSeconds(10), new SimulateOptions { Viewers = 1, Key = "k" }.Arrival);
    }

    [Fact]
    public void Help_AndTheDocument_ListTheSameOptions()
    {
        var document = RepositoryFiles.Read("docs/simulator.md");

        var command = new Command("simulate");
        new SimulateArguments(_ => null).AddTo(command);

        Assert.Equal(13, command.Options.Count);
        Assert.All(command.Options, option => Assert.Contains($"`{option.Name}", document, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_ASocket_IsReachedThroughItsFile()
    {
        var (options, problems) = Parse("--key", "k", "--url", "http://unix:/run/presence.sock");

        Assert.Empty(problems);
        Assert.Equal(("http://localhost/", "/run/presence.sock"), (options.Url.ToString(), (options.Route!.Target as LocalAddress)?.SocketPath));
    }

    private static (SimulateOptions Options, IReadOnlyList<string> Problems) Parse(params string[] args) => Parse(_ => null, args);

    private static (SimulateOptions Options, IReadOnlyList<string> Problems) Parse(Func<string, string?> environment, params string[] args)
    {
        var command = new Command("simulate");
        var arguments = new SimulateArguments(environment);
        arguments.AddTo(command);
        var parsed = command.Parse(args);
        return (parsed.Errors.Count == 0 ? arguments.Read(parsed) : new SimulateOptions(), [.. parsed.Errors.Select(error => error.Message)]);
    }
}
