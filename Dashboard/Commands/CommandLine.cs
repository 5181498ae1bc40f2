using System.CommandLine;
using Microsoft.AspNetCore.DataProtection;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Commands;

/// <summary>What <c>dotnet Dashboard.dll</c> can be asked for: to serve, or one of the commands beside it. See docs/operations.md.</summary>
internal static class CommandLine
{
    /// <summary>The words are wrong; nothing was done.</summary>
    public const int WrongWords = 2;

    private const string Program = "Dashboard.dll";

    /// <summary>Does what the words say.</summary>
    /// <param name="args">All words behind the program's name.</param>
    /// <param name="output">Takes what was asked for.</param>
    /// <param name="errors">Takes what keeps it from being done.</param>
    /// <returns>The exit code: 0 when it was done, 1 when it could not be, 2 when the words are wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var words = CommandWords.Read(args);
        if (words.Problems.Count > 0)
            return await RefuseAsync(words.Problems, errors);
        if (words.Rest is [] or ["run"])
            return await ServerRun.RunAsync(words.Configuration, errors);

        // No response files, no directives (which the parser drops silently) and no bundled options.
        if (words.Rest is [['[', ..] directive, ..])
            return await RefuseAsync([$"\"{directive}\" isn't a command of {Program}. {Program} --help lists all commands."], errors);
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        var parsed = Root(new CommandCall(words.Configuration, output, errors)).Parse(words.Rest is ["--version"] ? ["version"] : words.Rest, parser);
        if (parsed.Errors.Count > 0)
            return await RefuseAsync(Problems(parsed), errors);
        // The parser's termination timeout would cut the work short, and its exception handler would print a stack trace.
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Every command.</summary>
    internal static RootCommand Root(CommandCall call)
    {
        var root = new RootCommand("A presence server for live rooms, with its dashboard. Without a command, it runs the server.");
        root.Options.Remove(root.Options.OfType<VersionOption>().Single()); // it would print the commit too
        root.Directives.Clear();
        root.Subcommands.Add(Run(call));
        root.Subcommands.Add(HealthCommand.Describe(call));
        root.Subcommands.Add(SimulateCommand.Describe(call));
        root.Subcommands.Add(DatabaseCommands.Backup(call));
        root.Subcommands.Add(DatabaseCommands.Restore(call));
        root.Subcommands.Add(CheckCommand.Describe(call));
        root.Subcommands.Add(AdminCommand.Describe(call));
        root.Subcommands.Add(PersonCommand.Describe(call));
        root.Subcommands.Add(ConfigCommand.Describe(call));
        root.Subcommands.Add(call.Command("version", "Print the version.", (_, _) =>
        {
            call.Output.WriteLine($"Presence Dashboard {ServerStart.Version} (.NET {Environment.Version})");
            return Task.FromResult(0);
        }));
        return root;
    }

    /// <summary>Its options are listed for the help alone: with them, the words never come to the parser.</summary>
    private static Command Run(CommandCall call)
    {
        var run = call.Command("run", "Run the server until interrupted. This is the default. Every command reads the server's configuration: environment variables such as Presence__Data, then arguments such as --Presence:Data=/srv/presence (docs/configuration.md).", (_, _) => ServerRun.RunAsync(call.Configuration, call.Errors));
        run.Options.Add(new Option<string>("--urls") { Description = "Addresses to listen on, separated by ; such as http://localhost:5080, http://+:8080 or http://unix:/run/presence.sock.", HelpName = "ADDRESS" });
        run.Options.Add(new Option<bool>(CommandWords.Demo) { Description = "Simulate viewers, in a separate data folder." });
        run.Options.Add(new Option<string>("--Presence:KEY") { Description = "Any configuration key.", HelpName = "VALUE" });
        return run;
    }

    private static IEnumerable<string> Problems(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var isGroup = command.Subcommands.Count > 0;
        foreach (var word in isGroup ? parsed.UnmatchedTokens.Take(1) : parsed.UnmatchedTokens) // the words after an unknown command mean nothing
            yield return Unknown(word, command, parsed.CommandResult);
        if (isGroup && parsed.UnmatchedTokens.Count > 0)
            yield break;
        foreach (var error in parsed.Errors.Where(error => !parsed.UnmatchedTokens.Any(word => error.Message.Contains($"'{word}'", StringComparison.Ordinal))))
            yield return $"{error.Message.ReplaceLineEndings(" ")} {Name(parsed.CommandResult)} --help shows the options.";
    }

    private static string Unknown(string word, Command command, System.CommandLine.Parsing.CommandResult result)
    {
        var name = word.Split('=')[0];
        var known = command.Subcommands.Select(one => one.Name).Concat(command.Options.SelectMany(option => option.Aliases.Append(option.Name))).Append("--help");
        var nearest = name.Contains(':', StringComparison.Ordinal) ? NearestKey(name)
            : Suggestion.For(name, name.StartsWith('-') ? known.Concat(CommandWords.HostKeys.Select(key => "--" + key)).Append(CommandWords.Demo) : known);
        return $"\"{word}\" is unknown to {Name(result)}.{(nearest is null ? "" : $" Did you mean {nearest}?")} {Name(result)} --help lists what it accepts.";
    }

    private static string? NearestKey(string name)
    {
        var section = name.TrimStart('-').Split(':')[0];
        return Suggestion.For(section, CommandWords.Sections) is { } nearest ? $"--{nearest}{name[name.IndexOf(':', StringComparison.Ordinal)..]}" : null;
    }

    /// <summary>The command as it is called, such as <c>Dashboard.dll admin add</c>.</summary>
    private static string Name(System.CommandLine.Parsing.CommandResult result)
    {
        List<string> names = [];
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is System.CommandLine.Parsing.CommandResult { Parent: not null } inner; at = inner.Parent)
            names.Insert(0, inner.Command.Name);
        return string.Join(' ', names.Prepend(Program));
    }

    private static async Task<int> RefuseAsync(IEnumerable<string> problems, TextWriter errors)
    {
        foreach (var problem in problems)
            await errors.WriteLineAsync(problem);
        return WrongWords;
    }
}

/// <summary>One call of a command: what it reads its configuration from, and where it says how it went.</summary>
/// <param name="Configuration">The configuration's words.</param>
/// <param name="Output">Takes what was asked for.</param>
/// <param name="Errors">Takes what keeps it from being done.</param>
internal sealed record CommandCall(string[] Configuration, TextWriter Output, TextWriter Errors)
{
    /// <summary>A command whose refusals are one message and exit code 1.</summary>
    public Command Command(string name, string description, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await run(parsed, cancellationToken);
            }
#pragma warning disable CA1031 // any failure: the operator gets one message
            catch (Exception failure)
#pragma warning restore CA1031
            {
                await Errors.WriteLineAsync(Refusal.OfCommand(failure));
                return 1;
            }
        });
        return command;
    }

    /// <summary>The product as the configuration makes it, built and not started: it listens nowhere and has opened and made nothing.</summary>
    /// <exception cref="ConfigurationRefusedException">The configuration is wrong.</exception>
    public WebApplication Build() => DashboardApplication.BuildServices(Configuration, builder =>
    {
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider(); // cookie keys would create the data folder
    });
}

/// <summary>
/// The words behind <c>Dashboard.dll</c>, parted before anything parses them: <c>--urls ...</c>, <c>--demo</c> and
/// <c>--Presence:Key=value</c> are configuration, wherever they stand; the rest names a command. A server's words never meet
/// the parser, and a word that is neither never starts a server.
/// </summary>
/// <param name="Configuration">What the configuration reads, each with its value: <c>--key=value</c>.</param>
/// <param name="Rest">The command and its own words.</param>
/// <param name="Problems">What keeps them from being used, a sentence each.</param>
internal sealed record CommandWords(string[] Configuration, string[] Rest, IReadOnlyList<string> Problems)
{
    /// <summary>Short for <c>--Presence:Demo=true</c>.</summary>
    public const string Demo = "--demo";

    /// <summary>What the framework's host reads beside the sections.</summary>
    public static readonly IReadOnlyList<string> HostKeys = ["urls", "environment", "contentRoot", "webRoot", "http_ports", "https_ports", "shutdownTimeoutSeconds", "preferHostingUrls"];

    /// <summary>The sections that are read. A value in any other would silently have no effect.</summary>
    public static readonly IReadOnlyList<string> Sections = ["Presence", "Logging", "Kestrel"];

    public static CommandWords Read(IReadOnlyList<string> args)
    {
        List<string> configuration = [], rest = [], problems = [];
        for (var at = 0; at < args.Count; at++)
        {
            var word = args[at];
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            if (name == Demo)
                configuration.Add($"--{Hosting.DashboardOptions.Section}:Demo={(equals < 0 ? "true" : word[(equals + 1)..])}");
            else if (KeyOf(name) is not { } key)
                rest.Add(word);
            else if (equals >= 0)
                configuration.Add($"--{key}{word[equals..]}");
            else if (at + 1 < args.Count && !args[at + 1].StartsWith("--", StringComparison.Ordinal))
                configuration.Add($"--{key}={args[++at]}");
            else
                problems.Add($"{name} needs a value, as in {name}=VALUE.");
        }
        return new CommandWords([.. configuration], [.. rest], problems);
    }

    /// <summary>The configuration key a word names, as on a command line or as an environment variable; null for any other word.</summary>
    private static string? KeyOf(string name)
    {
        if (!name.StartsWith("--", StringComparison.Ordinal))
            return null;
        var key = name[2..].Replace("__", ":", StringComparison.Ordinal);
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? HostKeys : Sections).Contains(colon < 0 ? key : key[..colon], StringComparer.OrdinalIgnoreCase) ? key : null;
    }
}

/// <summary>Suggests a known word for an unknown one.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of the words, unless even that one is far; null then.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (candidate, Distance: Distance(word, candidate))).DefaultIfEmpty((candidate: "", Distance: int.MaxValue)).MinBy(one => one.Distance);
        return nearest.Distance <= Math.Max(1, word.Length / 3) ? nearest.candidate : null;
    }

    /// <summary>How many letters have to be changed, added, left out or swapped with the next; case apart.</summary>
    internal static int Distance(string one, string other)
    {
        var (a, b) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var steps = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    steps[i, j] = i + j;
                    continue;
                }
                var least = Math.Min(Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1, steps[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, steps[i - 2, j - 2] + 1);
                steps[i, j] = least;
            }
        }
        return steps[a.Length, b.Length];
    }
}
