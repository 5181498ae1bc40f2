using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Components;

/// <summary>The document: interactive everywhere but on account pages, which set cookies and so need a plain response.</summary>
public partial class App
{
    private Appearance _appearance = default!;
    private string? _timeZone;
    private bool _areShortcutsOff;

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    private IComponentRenderMode? PageRenderMode => Http.AcceptsInteractiveRouting() ? RenderMode.InteractiveServer : null;

    [Inject]
    private AppearanceStore Appearances { get; set; } = default!;

    private string? Theme => _appearance.Theme == "system" ? null : _appearance.Theme;

    protected override async Task OnInitializedAsync()
    {
        // Known before the first byte, so the page never flashes in the other theme or jumps from UTC to local time.
        _appearance = Appearance.Of(Http.Request);
        _appearance = await Appearances.OfAsync(Http, Http.User.FindFirstValue(ClaimTypes.NameIdentifier));
        _timeZone = Http.Request.Cookies["presence-time-zone"];
        _areShortcutsOff = Http.Request.Cookies["presence-shortcuts"] == "off";
    }
}
