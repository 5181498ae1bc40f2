using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Demo;

/// <summary>Synthetic viewers, off unless asked for with <c>--demo</c>.</summary>
internal static class DemoViewers
{
    public static void AddDemoViewers(this WebApplicationBuilder builder, DashboardOptions options)
    {
        if (options.Demo)
            builder.Services.AddHostedService<DemoLoop>();
    }
}
