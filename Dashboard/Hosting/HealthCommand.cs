namespace Presence.Dashboard.Hosting;

/// <summary><c>dotnet Dashboard.dll health</c>: asks the server on this machine whether it is ready. A container's health check.</summary>
internal static class HealthCommand
{
    private const string DefaultUrl = "http://localhost:5000"; // the framework's own

    /// <returns>0 when ready, 1 when not or not there.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(4) };
        try
        {
            using var reply = await client.GetAsync(new Uri(LocalUrl(configuration["urls"], configuration["http_ports"]), "/health/ready"));
            return reply.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return 1;
        }
    }

    /// <summary>Where the server configured so is reached from its own machine: the first plain address, wildcards as loopback.</summary>
    public static Uri LocalUrl(string? urls, string? httpPorts)
    {
        var addresses = (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var address = addresses.FirstOrDefault(url => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? addresses.FirstOrDefault();
        if (address is null && (httpPorts ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries) is [var port, ..])
            address = $"http://*:{port}";

        var binding = BindingAddress.Parse(address ?? DefaultUrl);
        var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : binding.Host;
        return new UriBuilder(binding.Scheme, host, binding.Port).Uri;
    }
}
