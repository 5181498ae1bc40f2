using System.CommandLine;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Commands;

/// <summary><c>dotnet Dashboard.dll health</c>: asks the server on this machine whether it is ready. A container's health check.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static Command Describe(CommandCall call) => call.Command(
        "health",
        "Check whether the server on this machine is ready. Exit code 0 if it is, 1 if not.",
        (_, cancellationToken) => RunAsync(call, cancellationToken));

    private static async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        // Only this configuration, not the whole host's, because the command runs every few seconds.
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_")
            .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables().AddCommandLine(call.Configuration).Build();
        var server = LocalAddress.Of(LocalAddress.Configured(configuration)) ?? LocalAddress.Default;

        using var handler = new SocketsHttpHandler();
        server.Apply(handler);
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var reply = await client.GetAsync(new Uri(server.BaseAddress, "/health/ready"), cancellationToken);
            if (reply.IsSuccessStatusCode)
                return 0;
            await call.Errors.WriteLineAsync($"The server at {server} is not ready: {(int)reply.StatusCode}.");
        }
        catch (HttpRequestException failure)
        {
            await call.Errors.WriteLineAsync($"The server at {server} doesn't respond: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            await call.Errors.WriteLineAsync($"The server at {server} didn't respond within {Patience.TotalSeconds:0} s.");
        }
        return 1;
    }
}
