namespace Presence.Dashboard.Tests.Support;

/// <summary>As <see cref="SharedHost"/>, with the first account made.</summary>
public sealed class ModeratorHost : IAsyncLifetime
{
    public DashboardHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Host = await DashboardHost.StartAsync(new DashboardHostOptions { Environment = "Production", Configuration = ModeratorOfTests.Configuration });

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();
}
