using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A page's scope as it is once the browser has its circuit: from then on it follows changes of its account.</summary>
public static class OpenPage
{
    /// <summary>Within this an open page is told of a change; it would look by itself only after half a minute.</summary>
    public static readonly TimeSpan LongestTelling = TimeSpan.FromSeconds(20);

    public static async Task OpenAsync(this AsyncServiceScope page)
    {
        foreach (var handler in page.ServiceProvider.GetServices<CircuitHandler>().OfType<ModeratorRevalidation.OfCircuit>())
            await handler.OnCircuitOpenedAsync(null!, TestContext.Current.CancellationToken);
    }
}
