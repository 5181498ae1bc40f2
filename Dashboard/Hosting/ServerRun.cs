using System.Net.Sockets;
using System.Reflection;
using Microsoft.AspNetCore.Connections;
using Presence.Dashboard.Accounts;
using Presence.Engine;

namespace Presence.Dashboard.Hosting;

/// <summary>One run of the server, from start to stop.</summary>
internal static class ServerRun
{
    /// <summary>The host's own category: it logs what ends a start with its stack.</summary>
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <param name="configuration">The configuration's words.</param>
    /// <param name="errors">Takes the one message of a start that is refused.</param>
    /// <returns>0 for a clean end, also of a start that was told to stop; 1 for a refusal.</returns>
    public static async Task<int> RunAsync(string[] configuration, TextWriter errors)
    {
        var isStarting = true;
        WebApplication? app = null;
        try
        {
            app = DashboardApplication.Build(configuration, builder => builder.Logging.AddFilter(HostCategory, level => level >= LogLevel.Warning && !Volatile.Read(ref isStarting)));
            await app.StartAsync();
            Volatile.Write(ref isStarting, false);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failure) when (Volatile.Read(ref isStarting))
        {
            // If the server was told to stop while it started, that is the reason for any failure.
            var isStopped = app?.Lifetime.ApplicationStopping.IsCancellationRequested == true;
            await DisposeAsync(app);
            app = null;
            if (isStopped)
                return 0;
            await errors.WriteLineAsync(Refusal.OfStart(failure));
            return 1;
        }
        finally
        {
            if (app is not null)
                await app.DisposeAsync();
        }
    }

    /// <summary>What was half started may fail once more as it is let go; the first failure is the one to tell.</summary>
    private static async Task DisposeAsync(WebApplication? app)
    {
        try
        {
            if (app is not null)
                await app.DisposeAsync();
        }
#pragma warning disable CA1031 // see above
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}

/// <summary>Words a failure for the operator: what, where and how to mend it, without a stack.</summary>
internal static class Refusal
{
    /// <summary>Of a command, whose own failures say what they are.</summary>
    public static string OfCommand(Exception failure) => failure is IOException or InvalidDataException ? failure.Message : OfStart(failure);

    /// <summary>Of a start.</summary>
    public static string OfStart(Exception failure) => failure switch
    {
        ConfigurationRefusedException or StartupException or ModeratorChangeRefusedException => failure.Message,
        IOException { InnerException: AddressInUseException } => $"{failure.Message} Stop the other program, or choose another address with --urls or ASPNETCORE_URLS.",
        _ when Inner<StartupException>(failure) is { } refusal => refusal.Message,
        InvalidOperationException when failure.Message.Contains("HTTPS endpoint", StringComparison.Ordinal) =>
            "There is no certificate for the https address. Set Kestrel__Certificates__Default__Path and Kestrel__Certificates__Default__Password, or listen on http behind a proxy that terminates TLS.",
        _ when Inner<SocketException>(failure) is { } socket => $"The server can't listen: {Line(failure)} {Line(socket)} Choose another address with --urls or ASPNETCORE_URLS.",
        UnauthorizedAccessException => $"The server can't start: {Line(failure)} It runs as {Environment.UserName}. Grant that user access, or run the server as another user.",
        FileNotFoundException or DirectoryNotFoundException => $"The server can't start because a file or folder is missing: {Line(failure)} Create it, or correct its path in the configuration.",
        IOException or InvalidDataException or FormatException or InvalidOperationException => $"The server can't start: {Line(failure)}{Cause(failure)} Correct it in the environment variables, the command line or appsettings.json.",
        _ => $"The server can't start. Unexpected error: {failure.GetType().Name}: {Line(failure)}{Cause(failure)}",
    };

    private static string Cause(Exception failure) =>
        failure.GetBaseException() is { } cause && cause != failure && !failure.Message.Contains(cause.Message, StringComparison.Ordinal) ? $" {Line(cause)}" : "";

    private static string Line(Exception failure) => failure.Message.ReplaceLineEndings(" ").Trim();

    private static T? Inner<T>(Exception failure)
        where T : Exception
    {
        for (Exception? at = failure; at is not null; at = at is AggregateException { InnerExceptions: [var first, ..] } ? first : at.InnerException)
        {
            if (at is T found)
                return found;
        }
        return null;
    }
}

/// <summary>Which build runs, and since when.</summary>
internal sealed class ServerStart(TimeProvider time) : IHostedService
{
    /// <summary>The version without the commit a build may add to it.</summary>
    public static string Version { get; } =
        typeof(ServerStart).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public DateTimeOffset At { get; private set; } = time.GetUtcNow();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        At = time.GetUtcNow();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
