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
