using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components;

/// <summary>The root of every circuit.</summary>
public partial class Routes
{
    /// <summary>The browser's time zone, from its cookie: the circuit itself never sees one.</summary>
    [Parameter]
    public string? TimeZone { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override void OnInitialized() => LocalTime.Use(TimeZone);
}
