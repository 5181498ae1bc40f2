namespace Presence.Dashboard.Tests.Support;

/// <summary>One server for the tests of one class that change nothing of each other's: each uses rooms and users of its own.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    public DashboardHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await DashboardHost.StartAsync();

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();
}
