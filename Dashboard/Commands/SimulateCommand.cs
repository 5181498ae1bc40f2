using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using Presence.Client;
using Presence.Dashboard.Hosting;
using Presence.Simulation;

namespace Presence.Dashboard.Commands;

/// <summary><c>dotnet Dashboard.dll simulate</c>: thousands of made-up viewers against a running server. See docs/simulator.md.</summary>
internal static class SimulateCommand
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <summary>Two exit codes are the command line's own (1: it could not run, 2: its words are wrong), so a wrong count has the next.</summary>
    internal const int WrongCount = 3;

    public static Command Describe(CommandCall call)
    {
        var arguments = new SimulateArguments(Environment.GetEnvironmentVariable);
        var command = call.Command(
            "simulate",
            "Load a presence server with thousands of simulated viewers and compare its counts with the truth. Exit code 0 if every count was right, 3 if not. Press Ctrl+C to stop early.",
            (parsed, cancellationToken) => RunInterruptiblyAsync(arguments.Read(parsed), call, cancellationToken));
        arguments.AddTo(command);
        return command;
    }

    private static async Task<int> RunInterruptiblyAsync(SimulateOptions options, CommandCall call, CancellationToken cancellationToken)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
#pragma warning disable RS0030 // its user reads the console
        var isLive = !Console.IsOutputRedirected;
#pragma warning restore RS0030
        return await RunAsync(options, call.Output, call.Errors, isLive, interrupted.Token);

        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true; // the first Ctrl+C stops it cleanly, the second at once
            if (interrupted.IsCancellationRequested)
                signal.Cancel = false;
            else
                interrupted.Cancel();
        }
    }

    /// <param name="options">What is asked for.</param>
    /// <param name="output">Takes progress and report.</param>
    /// <param name="errors">Takes what keeps it from running.</param>
    /// <param name="isLive">Whether a line may be written over.</param>
    /// <param name="interrupted">Ends it early.</param>
    /// <returns>0 when every count was right, 3 when one was not, 1 when it could not run.</returns>
    internal static async Task<int> RunAsync(SimulateOptions options, TextWriter output, TextWriter errors, bool isLive, CancellationToken interrupted)
    {
        try
        {
            using var simulation = new SimulationRun(options, TimeProvider.System, new ProgressLine(output, isLive).Write);
            var report = await simulation.RunAsync(interrupted);
            await output.WriteLineAsync();
            await output.WriteAsync(report.ToString());
            return report.IsRight ? 0 : WrongCount;
        }
        catch (Exception failure) when (failure is HttpRequestException or PresenceException or IOException)
        {
            await errors.WriteLineAsync($"The server at {options.Url} can't be used: {failure.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync($"The server at {options.Url} did not answer.");
            return 1;
        }
    }

    /// <summary>One line that stays where it is, or one now and then where nothing can be written over.</summary>
    private sealed class ProgressLine(TextWriter output, bool isLive)
    {
        private TimeSpan _written = -BetweenLines;
        private SimulationProgress? _before;

        public void Write(SimulationProgress progress)
        {
            if (!isLive && progress.Elapsed - _written < BetweenLines)
                return;
            var seconds = _before is null ? progress.Elapsed.TotalSeconds : (progress.Elapsed - _before.Elapsed).TotalSeconds;
            var pace = (progress.Heartbeats - (_before?.Heartbeats ?? 0)) / Math.Max(seconds, 0.1);
            _before = progress;
            _written = progress.Elapsed;

            FormattableString known = $"{progress.Elapsed:hh\\:mm\\:ss}  {progress.Present:N0} of {progress.Watching:N0} present  {pace:N0} heartbeats/s";
            FormattableString measured = $"  p95 {progress.Latency.TotalMilliseconds:0.0} ms  {progress.WrongRooms:N0} rooms off";
            FormattableString inVain = progress.FailedSamples > 0 ? (FormattableString)$"  {progress.FailedSamples:N0} reads failed" : $"";
            var line = string.Concat(new[] { known, measured, inVain }.Select(FormattableString.Invariant));
            if (isLive)
                output.Write($"\r{line,-100}");
            else
                output.WriteLine(line);
        }
    }
}

/// <summary>The options of <c>simulate</c>. docs/simulator.md holds the same.</summary>
/// <param name="environment">Environment variables, from which secrets are better taken than from a command line that others see.</param>
internal sealed class SimulateArguments(Func<string, string?> environment)
{
    private const string OwnsServerName = "--i-own-this-server";

    private static readonly SimulateOptions Defaults = new();

    private readonly Option<LocalAddress?> _url = Make("--url", "ADDRESS", "Server address. Default: http://localhost:5080.", Address, "an http or https address such as http://localhost:5080");
    private readonly Option<string?> _key = Text("--key", "KEY", "Client key of the server, to sign viewers in. Default: Presence__Clients__Key from the environment.");
    private readonly Option<string?> _secret = Text("--secret", "SECRET", "Instead of a key: the server's Presence__Clients__Jwt__Secret, to sign tokens. Default: from the environment.");
    private readonly Option<int?> _rooms = Whole("--rooms", "Number of rooms, a few large and many small. Default: 10.", 10_000);
    private readonly Option<int?> _viewers = Whole("--viewers", "Number of viewers at once. Default: 500.", 100_000);
    private readonly Option<double?> _churn = Share("--churn", "Viewers that leave and are replaced each minute. Default: 10.", 1_000);
    private readonly Option<double?> _vanish = Share("--vanish", "Leaving viewers that send no leave request. Default: 30.", 100);
    private readonly Option<double?> _hidden = Share("--hidden", "Viewers that go to the background after a while. Default: 20.", 100);
    private readonly Option<double?> _lossy = Share("--lossy", "Requests or replies that are lost. Default: 0.", 90);
    private readonly Option<TimeSpan?> _duration = Duration("--duration", "Duration once all viewers have joined, such as 90s or 5m. Default: 1m.");
    private readonly Option<TimeSpan?> _ramp = Duration("--ramp", "Time for all viewers to join. Default: 40 per second with --key, 500 per second with --secret, at least 10s.");
    private readonly Option<int?> _connections = Whole("--connections", "Number of connections that all viewers share. Default: 64.", 10_000);
    private readonly Option<bool> _ownsServer = new(OwnsServerName) { Description = "Required unless the server is on this machine." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_url, _key, _secret, _rooms, _viewers, _churn, _vanish, _hidden, _lossy, _duration, _ramp, _connections, _ownsServer])
            command.Options.Add(option);
        command.Validators.Add(CheckTogether);
    }

    /// <summary>What words without a mistake ask for.</summary>
    public SimulateOptions Read(ParseResult parsed)
    {
        var secret = Or(parsed.GetValue(_secret), "Presence__Clients__Jwt__Secret");
        var server = parsed.GetValue(_url) ?? new LocalAddress(Defaults.Url, SocketPath: null);
        return new SimulateOptions
        {
            Url = server.BaseAddress,
            Route = server.BaseAddress.IsLoopback ? server.Apply : null,
            Secret = secret,
            Key = secret is null ? Or(parsed.GetValue(_key), "Presence__Clients__Key") : null,
            Rooms = parsed.GetValue(_rooms) ?? Defaults.Rooms,
            Viewers = parsed.GetValue(_viewers) ?? Defaults.Viewers,
            Connections = parsed.GetValue(_connections) ?? Defaults.Connections,
            Churn = parsed.GetValue(_churn) ?? Defaults.Churn,
            Vanish = parsed.GetValue(_vanish) ?? Defaults.Vanish,
            Hidden = parsed.GetValue(_hidden) ?? Defaults.Hidden,
            Lossy = parsed.GetValue(_lossy) ?? Defaults.Lossy,
            Duration = parsed.GetValue(_duration) ?? Defaults.Duration,
            Ramp = parsed.GetValue(_ramp),
            OwnsServer = parsed.GetValue(_ownsServer),
        };
    }

    private void CheckTogether(CommandResult given)
    {
        foreach (var problem in given.Command.Options.OfType<IChecked>().Select(option => option.ProblemIn(given)).OfType<string>())
            given.AddError(problem);
        var secret = Or(given.GetValue(_secret), "Presence__Clients__Jwt__Secret");
        if (secret is null && Or(given.GetValue(_key), "Presence__Clients__Key") is null)
            given.AddError("--key is missing. Set the server's client key (keys/client.key in its data folder), or set --secret to Presence__Clients__Jwt__Secret.");
        else if (secret is { Length: < 32 })
            given.AddError("--secret must have at least 32 bytes.");
        // Read from the text, because an invalid value has its own error.
        if (given.GetResult(_url)?.Tokens is [.., var last] && Address(last.Value)?.BaseAddress is { IsLoopback: false } url && !given.GetValue(_ownsServer))
            given.AddError($"--url: {url} isn't this machine. A simulation is a load test. Add {OwnsServerName} if you own that server and it can take the load.");
    }

    private string? Or(string? given, string variable) => string.IsNullOrEmpty(given) ? environment(variable) is { Length: > 0 } set ? set : null : given;

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    private static ReadOption<int?> Whole(string name, string description, int most) => Make<int?>(
        name,
        "NUMBER",
        description,
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null,
        string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {most}"));

    private static ReadOption<double?> Share(string name, string description, double most) => Make<double?>(
        name,
        "PERCENT",
        description,
        text => double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= most ? percent / 100 : null,
        string.Create(CultureInfo.InvariantCulture, $"a percentage from 0 to {most}"));

    private static ReadOption<TimeSpan?> Duration(string name, string description) => Make<TimeSpan?>(
        name,
        "TIME",
        description,
        text => text.Length > 0 && ConfigurationSectionReader.TryParseDuration(text, out var duration) && duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(7) ? duration : null,
        "a number and s, m, h or d, such as 90s or 5m, up to 7d");

    private static ReadOption<T> Make<T>(string name, string value, string description, Func<string, T?> read, string form) =>
        new(name, read, form) { Description = description, HelpName = value };

    private static LocalAddress? Address(string text)
    {
        if (LocalAddress.HasSocket([text]))
            return LocalAddress.ProblemOf(text) is null ? LocalAddress.Of([text]) : null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? new LocalAddress(address, SocketPath: null) : null;
    }

    /// <summary>An option whose errors are reported together with the others, because the parser stops at the first command that has one.</summary>
    private interface IChecked
    {
        string? ProblemIn(CommandResult given);
    }

    private sealed class ReadOption<T> : Option<T?>, IChecked
    {
        private readonly Func<string, T?> _read;
        private readonly string _form;

        public ReadOption(string name, Func<string, T?> read, string form)
            : base(name)
        {
            (_read, _form) = (read, form);
            CustomParser = given => given.Tokens is [.., var last] ? read(last.Value) : default;
        }

        public string? ProblemIn(CommandResult given) =>
            given.GetResult(this)?.Tokens is [.., var last] && _read(last.Value) is null ? $"{Name}: \"{last.Value}\" is not {_form}." : null;
    }
}
