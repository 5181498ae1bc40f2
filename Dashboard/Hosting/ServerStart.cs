using System.Reflection;

namespace Presence.Dashboard.Hosting;

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
