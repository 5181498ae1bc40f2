using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Pages;

/// <summary>One room: its count and what that is made of, its last hour, who is watching, what is special about it.</summary>
public sealed partial class RoomDetailPage
{
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(2);

    private ShareQuestion? _sharing;
    private bool _isAskedAgain;

    [Parameter]
    public string? RoomId { get; set; }

    /// <summary>The open dialog that shares the room, for the tab's next circuit: the address of a link is shown only once.</summary>
    [PersistentState]
    public ShareQuestion? Sharing
    {
        get => _sharing;
        set => _sharing = value;
    }

    /// <summary>For the few ids that cannot stand in a path, see <see cref="Display.RoomLinks"/>.</summary>
    [SupplyParameterFromQuery(Name = "id")]
    private string? RoomIdInQuery { get; set; }

    [SupplyParameterFromQuery(Name = "search")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    private string? State { get; set; }

    [SupplyParameterFromQuery(Name = "guests")]
    private string? Guests { get; set; }

    [SupplyParameterFromQuery(Name = "device")]
    private string? Device { get; set; }

    [SupplyParameterFromQuery(Name = "longer")]
    private string? Longer { get; set; }

    [SupplyParameterFromQuery(Name = "watch")]
    private string? Watch { get; set; }

    /// <summary>Whose sessions are shown.</summary>
    [SupplyParameterFromQuery(Name = "open")]
    private string? Open { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    private string? Range { get; set; }

    [SupplyParameterFromQuery(Name = "explain")]
    private string? Explain { get; set; }

    /// <summary>What the chart reads out, see <see cref="AddressInstants"/>.</summary>
    [SupplyParameterFromQuery(Name = "at")]
    private string? At { get; set; }

    /// <summary>Whether all who left lately are listed.</summary>
    [SupplyParameterFromQuery(Name = "left")]
    private string? Left { get; set; }

    /// <summary>Whether the room's settings are being edited.</summary>
    [SupplyParameterFromQuery(Name = "edit")]
    private string? Edit { get; set; }

    /// <summary>Which part a narrow screen shows below the number: the viewers, the chart, who left, or the room itself.</summary>
    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private RoomDetailQuery Reader { get; set; } = default!;

    protected override string Watched => Id;

    private string Id => RoomId ?? RoomIdInQuery ?? "";

    private string Name => VisibleText.NameOf(Reading?.Room.Title) ?? VisibleText.IdOf(Id);

    private DateTimeOffset Now => Time.GetUtcNow();

    private RosterView View { get; set; } = RosterView.Of("", null, null, null);

    private int Minutes => Range == "15m" ? 15 : 60;

    private bool IsExplained => Explain == "1";

    private bool IsLeftLong => Left == "all";

    private bool IsEditing => Edit == "1";

    private string ShownTab => IsEditing ? "room" : Tab is "chart" or "left" or "room" ? Tab : "viewers";

    private string ExplainHref => Navigation.GetUriWithQueryParameter("explain", IsExplained ? null : "1");

    private string LeftHref => Navigation.GetUriWithQueryParameter("left", IsLeftLong ? null : "all");

    protected override Task OnParametersSetAsync()
    {
        View = RosterView.Of(Id, Search, Sort, State, Guests, Device, Longer, Watch);
        return base.OnParametersSetAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        // It was open before the tab's circuit was lost: opened again, once the room is known.
        if (_isAskedAgain || Reading is null)
            return;
        _isAskedAgain = true;
        if (_sharing is { } sharing && PresenceComparers.RoomId.Equals(sharing.RoomId, Id))
            await ShareAsync(sharing);
    }

    protected override ValueTask<RoomDetailViewModel> ReadAsync() => Reader.ReadAsync(View);

    protected override DirtyWatch OpenWatch() => Presence.WatchRoom(Id);

    private string? CurrentTab(string tab) => ShownTab == tab ? "page" : null;

    private string TabHref(string? tab) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["tab"] = tab, ["edit"] = null });

    private async Task ShareAsync(ShareQuestion question)
    {
        _sharing = question;
        await Dialogs.AskAsync<ShareRoomDialog>(
            Sentence.With(RoomTexts.ShareTitle, VisibleText.Isolated(Name)),
            new DialogParameters<ShareRoomDialog> { { dialog => dialog.Question, question }, { dialog => dialog.MayAct, Reading!.MayAct } },
            MaxWidth.Medium);
        _sharing = null;
    }

    /// <summary>What the chart reads out, and the minutes around it.</summary>
    private HistorySpan? Picked => AddressInstants.Read(At) is { } at && at <= Now && Now - at < TimeSpan.FromHours(1) ? new HistorySpan(at - Around, at + Around < Now ? at + Around : Now) : null;

    private async Task LookBackAsync(HistorySpan? stretch) => await Dialogs.AskAsync<RoomPastDialog>(
        Sentence.With(RoomTexts.PastTitle, VisibleText.Isolated(Name)),
        new DialogParameters<RoomPastDialog> { { dialog => dialog.RoomId, Id }, { dialog => dialog.Stretch, stretch } },
        MaxWidth.Medium);

    // The selected point can be outside the other range.
    private string RangeHref(int minutes) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["range"] = minutes == 15 ? "15m" : null, ["at"] = null });
}
