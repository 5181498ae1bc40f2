using System.Runtime.InteropServices;
using Presence.Client;

namespace Presence.Dashboard.Simulation;

/// <summary><c>dotnet Dashboard.dll simulate</c>: thousands of made-up viewers against a running server. See docs/simulator.md.</summary>
internal static class SimulateCommand
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <returns>0 when every count was right, 2 when one was not, 1 when it could not run.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
#pragma warning disable RS0030 // a tool: the console is where its user looks
        var (output, errors, isLive) = (Console.Out, Console.Error, !Console.IsOutputRedirected);
#pragma warning restore RS0030
        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return await RunAsync(args, output, errors, isLive, interrupted.Token);

        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true; // the first time; the second ends it as it stands
            if (interrupted.IsCancellationRequested)
                signal.Cancel = false;
            else
                interrupted.Cancel();
        }
    }

    /// <param name="args">The words behind <c>simulate</c>.</param>
    /// <param name="output">Takes progress and report.</param>
    /// <param name="errors">Takes what keeps it from running.</param>
    /// <param name="isLive">Whether a line may be written over.</param>
    /// <param name="interrupted">Ends it early.</param>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, bool isLive, CancellationToken interrupted)
    {
        if (args.Contains("--help", StringComparer.Ordinal) || args.Contains("-h", StringComparer.Ordinal))
        {
            await output.WriteLineAsync(SimulateHelp.Text);
            return 0;
        }
        var (options, problems) = SimulateArguments.Parse(args, Environment.GetEnvironmentVariable);
        if (problems.Count > 0)
        {
            foreach (var problem in problems)
                await errors.WriteLineAsync(problem);
            return 1;
        }

        try
        {
            using var simulation = new SimulationRun(options, TimeProvider.System, new ProgressLine(output, isLive).Write);
            var report = await simulation.RunAsync(interrupted);
            await output.WriteLineAsync();
            await output.WriteAsync(report.ToString());
            return report.IsRight ? 0 : 2;
        }
        catch (Exception failure) when (failure is HttpRequestException or PresenceException or IOException)
        {
            await errors.WriteLineAsync($"The server at {options.Url} cannot be watched: {failure.Message}");
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
            FormattableString inVain = progress.FailedSamples > 0 ? (FormattableString)$"  {progress.FailedSamples:N0} asked in vain" : $"";
            var line = string.Concat(new[] { known, measured, inVain }.Select(FormattableString.Invariant));
            if (isLive)
                output.Write($"\r{line,-100}");
            else
                output.WriteLine(line);
        }
    }
}
