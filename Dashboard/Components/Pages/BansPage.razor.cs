using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Pages;

/// <summary>The bans of all rooms and of the network: in force and past, lifted and changed one by one or together.</summary>
public sealed partial class BansPage
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly HashSet<RemovalEntry> _selected = [];
    private bool _isBusy;
    private int _progress;

    [SupplyParameterFromQuery(Name = "state")]
    private string? State { get; set; }

    [SupplyParameterFromQuery(Name = "scope")]
    private string? Scope { get; set; }

    [SupplyParameterFromQuery(Name = "room")]
    private string? Room { get; set; }

    [SupplyParameterFromQuery(Name = "search")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    private string? Before { get; set; }

    [Inject]
    private BansQuery Query { get; set; } = default!;

    [Inject]
    private ViewerModeration Moderation { get; set; } = default!;

    [Inject]
    private ViewerBans Bans { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override string Asked => View.ToString();

    /// <summary>The latest page goes on; an older one stands still.</summary>
    protected override bool GoesOn => View.Before is null && !_isBusy;

    private BansView View => BansView.Of(State, Scope, Room, Search, Before);

    private bool IsFiltered => View is not { IsNetwork: null, RoomId: null, Search: null };

    private string CsvHref => "downloads/bans.csv" + new Uri(Navigation.GetUriWithQueryParameter("before", (string?)null)).Query;

    private string SelectedText => Numbers.Of(_selected.Count, BanTexts.SelectedOne, BanTexts.SelectedMany);

    private bool AreAllSelected => _selected.Count > 0 && InForce.All(_selected.Contains);

    private IEnumerable<RemovalEntry> InForce => Reading is { } reading ? reading.Bans.Select(row => row.Entry).Where(ban => ban.IsInForce(reading.At)) : [];

    protected override async Task<BansReading> ReadAsync(CancellationToken cancellationToken)
    {
        var reading = await Query.ReadAsync(View, cancellationToken);
        _selected.IntersectWith(reading.Bans.Select(row => row.Entry)); // what isn't shown isn't acted on
        return reading;
    }

    private static string PlaceOf(RemovalEntry ban) => ban.Removal.RoomId is { } roomId ? VisibleText.IdOf(roomId) : BanTexts.Network;

    private static string? DevicesText(RemovalEntry ban) => DeviceBans.Of(ban.Removal).Length is > 0 and var devices ? Numbers.Of(devices, BanTexts.DevicesOne, BanTexts.DevicesMany) : null;

    private IEnumerable<(string Text, DateTimeOffset End)> Ends()
    {
        var now = Time.GetUtcNow();
        foreach (var (length, text) in BanWords.Lengths.Skip(1))
            yield return (text, BanWords.EndOf(length, LocalTime, now));
        yield return (BanTexts.In7Days, now + Week);
    }

    private void Select(RemovalEntry ban, bool isSelected)
    {
        if (isSelected)
            _selected.Add(ban);
        else
            _selected.Remove(ban);
    }

    private void SelectAll(bool areSelected)
    {
        _selected.Clear();
        if (areSelected)
            _selected.UnionWith(InForce);
    }

    /// <summary>Another filter begins at the latest again.</summary>
    private string HrefOf(string name, string? value) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["before"] = null, [name] = value });

    private Task LiftAsync(IReadOnlyList<RemovalEntry> bans) =>
        ActAsync(progress => Moderation.LiftManyAsync(bans, progress, CancellationToken.None), BanTexts.LiftedMany);

    private Task ExtendAsync(IReadOnlyList<RemovalEntry> bans, DateTimeOffset end) =>
        ActAsync(progress => Moderation.RemoveManyAsync([.. bans.Select(ban => ban.Removal with { Until = end })], progress, CancellationToken.None), BanTexts.ChangedMany);

    private async Task ActAsync(Func<IProgress<int>, Task<IReadOnlyList<BanChange>>> act, string done)
    {
        (_isBusy, _progress) = (true, 0);
        await Bans.ManyAsync(() => act(new Progress<int>(count => _ = InvokeAsync(() => Show(count)))), done, RefreshShownAsync);
        _selected.Clear();
        _isBusy = false;
        await RefreshAsync();
    }

    private void Show(int count)
    {
        _progress = count;
        StateHasChanged();
    }

    private Task RefreshShownAsync() => InvokeAsync(async () =>
    {
        await RefreshAsync();
        StateHasChanged();
    });

    private async Task BanListAsync()
    {
        if (await BanListDialog.AskAsync(Dialogs) is not { } changes)
            return;
        Bans.Say(changes, BanTexts.BannedMany, RefreshShownAsync);
        await RefreshAsync();
    }
}
