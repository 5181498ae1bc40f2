using System.CommandLine;
using System.Runtime.InteropServices;
using Presence.Client;
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
