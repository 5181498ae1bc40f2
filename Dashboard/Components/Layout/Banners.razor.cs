using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Components.Layout;

/// <summary>What everyone who reads these pages should know about this installation.</summary>
public partial class Banners
{
    [Inject]
    private IOptions<DashboardOptions> Options { get; set; } = default!;

    [Inject]
    private IHostEnvironment Environment { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private bool IsUnverifiedLoginAllowed =>
        Options.Value is { Clients.AllowUnverifiedLogin: true, Demo: false } && !Environment.IsDevelopment();

    private bool IsPlainHttp
    {
        get
        {
            // The address as the browser sees it: https behind a proxy that ends TLS.
            var address = new Uri(Navigation.BaseUri);
            return string.Equals(address.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal) && !address.IsLoopback;
        }
    }
}
