using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Components;

/// <summary>The root of every circuit.</summary>
public partial class Routes
{
    /// <summary>The browser's time zone, from its cookie: the circuit itself never sees one.</summary>
    [Parameter]
    public string? TimeZone { get; set; }

    /// <summary>Whether this browser does without single-key shortcuts, from its cookie.</summary>
    [Parameter]
    public bool AreShortcutsOff { get; set; }

    [Inject]
    private BrowserChoices Choices { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override void OnInitialized()
    {
        LocalTime.Use(TimeZone);
        Choices.AreShortcutsOn = !AreShortcutsOff;
    }
}
