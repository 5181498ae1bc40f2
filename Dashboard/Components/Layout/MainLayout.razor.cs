using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Components.Layout;

/// <summary>The frame around every page; connects the browser tab's visibility to the circuit.</summary>
public sealed partial class MainLayout : IAsyncDisposable
{
    private ErrorBoundary? _boundary;
    private MudDialogProvider? _dialogs;
    private ModeratorAccess _access = ModeratorAccess.None;
    private BanQuestion? _left;
    private IJSObjectReference? _module;
    private DotNetObjectReference<PageVisibility>? _visibility;

    /// <summary>The open question whether to ban somebody, for the tab's next circuit. Several pages ask it.</summary>
    [PersistentState]
    public BanQuestion? Ban
    {
        get => Bans.Asked ?? _left;
        set => _left ??= value;
    }

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private ViewerBans Bans { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    [Inject]
    private PageVisibility Visibility { get; set; } = default!;

    // With a base address, a bare fragment would lead to the start page.
    private string SkipHref => Navigation.ToBaseRelativePath(Navigation.Uri).Split('#')[0] + "#main";

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    protected override async Task OnParametersSetAsync()
    {
        var access = Authentication is null ? ModeratorAccess.None : ModeratorAccess.Of((await Authentication).User);
        if (access == _access)
            return;
        _access = access;
        _dialogs?.DismissAll();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        try
        {
            _visibility = DotNetObjectReference.Create(Visibility);
            _module = await Script.InvokeAsync<IJSObjectReference>("import", "./" + Assets["page.js"]);
            await _module.InvokeVoidAsync("attach", _visibility);
        }
        catch (JSDisconnectedException)
        {
            // The tab was closed while the page was being built.
        }
        if (_left is { } left)
        {
            _left = null;
            await Bans.AskAsync(left);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("detach");
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The circuit has ended.
        }
        _visibility?.Dispose();
    }

    private void Recover() => _boundary?.Recover();

    private void OnLocationChanged(object? sender, LocationChangedEventArgs location) =>
        // A page that failed must not hide the next one.
        _ = InvokeAsync(Recover);
}
