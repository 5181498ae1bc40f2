using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Presence.Dashboard.Components;

/// <summary>The document: interactive everywhere but on account pages, which set cookies and so need a plain response.</summary>
public partial class App
{
    private string? _theme;
    private string? _timeZone;
    private bool _areShortcutsOff;

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    private IComponentRenderMode? PageRenderMode => Http.AcceptsInteractiveRouting() ? RenderMode.InteractiveServer : null;

    protected override void OnInitialized()
    {
        // Known before the first byte, so the page never flashes in the other theme or jumps from UTC to local time.
        _theme = Http.Request.Cookies["presence-theme"] is "light" or "dark" ? Http.Request.Cookies["presence-theme"] : null;
        _timeZone = Http.Request.Cookies["presence-time-zone"];
        _areShortcutsOff = Http.Request.Cookies["presence-shortcuts"] == "off";
    }
}
