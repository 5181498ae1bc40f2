using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Presence.Dashboard.Authentication;
using Presence.Simulation.Demo;

namespace Presence.Dashboard.Hosting;

/// <summary>Synthetic viewers, off unless asked for with <c>--demo</c>.</summary>
internal static class DemoViewers
{
    public static void AddDemoViewers(this WebApplicationBuilder builder, DashboardOptions options)
    {
        if (options.Demo)
            builder.Services.AddHostedService<DemoLoop>();
    }
}

/// <summary>Plays the demo against this very server, from the moment it listens until it stops.</summary>
internal sealed class DemoLoop(
    IServer server,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    PresenceReadiness readiness,
    LoopRegistry registry,
    TimeProvider time,
    ILogger<DemoLoop> logger)
    : BackgroundLoop("demo", TimeSpan.FromMilliseconds(250), registry, time, logger)
{
    /// <summary>Fixed: every start of the demo tells the same story, and documents can tell it too.</summary>
    private const int Seed = 2026;

    /// <summary>Few, so that a crowd that comes at once does not keep a small machine from its pages.</summary>
    private readonly SocketsHttpHandler _connections = new() { MaxConnectionsPerServer = 8, UseCookies = false };
    private DemoAudience? _audience;
    private long _beganAt;

    public override void Dispose()
    {
        base.Dispose();
        _connections.Dispose();
    }

    protected override async Task LastPassAsync(CancellationToken cancellationToken)
    {
        if (_audience is not null)
            await _audience.DisposeAsync();
    }

    protected override async Task WaitToStartAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
            await started.Task.WaitAsync(cancellationToken);
        await readiness.WaitAsync(cancellationToken);

        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = LocalAddress.Of(addresses) ?? LocalAddress.Default;
        address.Apply(_connections);

        logger.LogInformation("Demo: simulated viewers join {Rooms} rooms. None of this is real.", DemoScenario.Rooms.Count);
        _audience = new DemoAudience(new DemoScenario(Seed), new DemoCast(address.BaseAddress, services.GetRequiredService<ClientKey>().Value, _connections, Time));
        _beganAt = Time.GetTimestamp();
    }

    protected override Task PassAsync(CancellationToken cancellationToken)
    {
        _audience!.StepTo(Time.GetElapsedTime(_beganAt));
        return Task.CompletedTask;
    }
}
