using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Presence.Engine.Alerts;

namespace Presence.Dashboard.Components.Layout;

/// <summary>The places of the dashboard, the one that is open marked.</summary>
public sealed partial class NavigationLinks : IDisposable
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private AlertWatch Alerts { get; set; } = default!;

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Alerts.Changed += OnAlertsChanged;
    }

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        Alerts.Changed -= OnAlertsChanged;
    }

    private string? Current(params ReadOnlySpan<string> sections)
    {
        var section = Navigation.ToBaseRelativePath(Navigation.Uri).Split('/', '?', '#')[0];
        return sections.Contains(section) ? "page" : null;
    }

    private void OnAlertsChanged(object? sender, AlertsChangedEventArgs news) => _ = InvokeAsync(StateHasChanged);

    private void OnLocationChanged(object? sender, LocationChangedEventArgs location) => _ = InvokeAsync(StateHasChanged);
}
