using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Presence.Dashboard.Demo;

/// <summary>Runs the demo's viewers against this very server, from the moment it listens until it stops.</summary>
internal sealed class DemoLoop(
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<DemoLoop> logger) : BackgroundService
{
    /// <summary>Fixed: every start of the demo shows the same story, and documents can tell it.</summary>
    private const int Seed = 2026;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);
        if (OwnAddress(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []) is not { } address)
        {
            logger.LogError("The demo needs a plain HTTP address of this server; none of its addresses starts with http://. Add one with --urls.");
            return;
        }

        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        var audience = new DemoAudience(new DemoScenario(Seed), new DemoClient(http, "key"));
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, time);
        do
        {
            await audience.StepAsync(time.GetElapsedTime(start), stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    /// <summary>An address to reach this server at; one that means "every interface" is reached by the loopback interface.</summary>
    internal static Uri? OwnAddress(IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            var binding = BindingAddress.Parse(address);
            if (!string.Equals(binding.Scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || binding.IsUnixPipe || binding.IsNamedPipe)
                continue;
            var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : binding.Host;
            return new UriBuilder(Uri.UriSchemeHttp, host, binding.Port).Uri;
        }
        return null;
    }
}
