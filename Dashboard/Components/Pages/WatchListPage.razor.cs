using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Whom moderators watch for: the notes with a flag, and where each viewer was last seen to arrive.</summary>
public sealed partial class WatchListPage
{
    [SupplyParameterFromQuery(Name = "flag")]
    private string? Flag { get; set; }

    [Inject]
    private NoteModeration Notes { get; set; } = default!;

    [Inject]
    private ViewerNoteDialogs Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override string Asked => Shown?.ToString() ?? "";

    protected override bool GoesOn => true;

    private ViewerFlag? Shown => NoteWords.FlagOf(Flag);

    protected override Task<WatchListReading> ReadAsync(CancellationToken cancellationToken) => Notes.ReadWatchListAsync(Shown, cancellationToken);

    private string HrefOf(string? flag) => Navigation.GetUriWithQueryParameter("flag", flag);

    private async Task AskAsync(WatchListRow? row)
    {
        if (await Dialogs.AskAsync(row?.Note.UserId ?? "", row?.Name ?? "", row?.Note))
            await RefreshAsync();
    }

    private async Task DeleteAsync(WatchListRow row)
    {
        if (await Dialogs.DeleteAsync(row.Note, row.Name, RefreshShownAsync))
            await RefreshAsync();
    }

    private Task RefreshShownAsync() => InvokeAsync(async () =>
    {
        await RefreshAsync();
        StateHasChanged();
    });
}
