using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Sharing;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Pages;

/// <summary>All share links: who made them, when they were last used, and revoking them.</summary>
public sealed partial class ShareLinksPage : IDisposable
{
    private static readonly Func<ShareLink, string> TextOf = link => $"{link.RoomId} {link.CreatedBy}";
    private static readonly IReadOnlyList<GridChoice<ShareLink>> ByKind = [new("shows", ShareTexts.ColumnShows, ShowsOf)];

    private readonly CancellationTokenSource _closing = new();
    private IReadOnlyList<ShareLink>? _links;
    private bool _hasFailed;
    private bool _isRefused;
    private bool _isBusy;

    /// <summary>The room whose links are shown; null for all.</summary>
    [SupplyParameterFromQuery(Name = "room")]
    private string? RoomId { get; set; }

    [Inject]
    private ShareLinkAdministration Links { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NoticeBoard Board { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    private DateTimeOffset Now => Time.GetUtcNow();

    private IReadOnlyList<ShareLink> Shown => RoomId is null ? _links! : [.. _links!.Where(link => PresenceComparers.RoomId.Equals(link.RoomId, RoomId))];

    protected override Task OnInitializedAsync() => LoadAsync();

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private static string ShowsOf(ShareLink link) => (link.Kind, link.ShowsNames) switch
    {
        (ShareLinkKind.Overlay, false) => ShareTexts.ShowsOverlay,
        (ShareLinkKind.Overlay, true) => ShareTexts.ShowsOverlayFaces,
        (ShareLinkKind.Broadcast, _) => ShareTexts.ShowsBroadcast,
        (_, false) => ShareTexts.ShowsPage,
        (_, true) => ShareTexts.ShowsPageNames,
    };

    private async Task LoadAsync()
    {
        try
        {
            _links = await Links.ReadAsync();
            _hasFailed = false;
        }
        catch (AccessRefusedException)
        {
            _isRefused = true;
        }
#pragma warning disable CA1031 // any failure: the page says so and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "The share links couldn't be loaded.");
            _hasFailed = true;
        }
    }

    private string UsedOf(ShareLink link) => link.LastUsedAt is { } at ? Durations.Ago(Now - at) : ShareTexts.Never;

    private async Task RevokeAsync(ShareLink link)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, ShareTexts.RevokeTitle, link.Kind == ShareLinkKind.Broadcast ? ShareTexts.RevokeBroadcastText : ShareTexts.RevokeText, ShareTexts.Revoke))
            return;
        _isBusy = true;
        try
        {
            await Links.RevokeAsync(link.Id, _closing.Token);
            Board.Say(link.Kind == ShareLinkKind.Broadcast ? ShareTexts.RevokedBroadcast : ShareTexts.Revoked);
        }
        catch (AccessRefusedException)
        {
            Board.Say(ShareTexts.NoAccess, severity: Severity.Error);
        }
#pragma warning disable CA1031 // any failure: the page says that it did not work
        catch (Exception failure) when (!_closing.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Board.Say(Failures.Tell(failure, "A share link couldn't be revoked.", ShareTexts.NotSaved), severity: Severity.Error);
        }
        finally
        {
            _isBusy = false;
        }
        await LoadAsync();
    }
}
