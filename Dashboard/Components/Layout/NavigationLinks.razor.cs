using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Presence.Dashboard.Components.Layout;

/// <summary>The places of the dashboard, the one that is open marked.</summary>
public sealed partial class NavigationLinks : IDisposable
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    public void Dispose() => Navigation.LocationChanged -= OnLocationChanged;

    private string? Current(params ReadOnlySpan<string> sections)
    {
        var section = Navigation.ToBaseRelativePath(Navigation.Uri).Split('/', '?', '#')[0];
        return sections.Contains(section) ? "page" : null;
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs location) => _ = InvokeAsync(StateHasChanged);
}
