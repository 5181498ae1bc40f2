using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Pages;

/// <summary>What wants a look now, what did, the rules, and how this moderator is told.</summary>
public sealed partial class AlertsPage : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private IJSObjectReference? _module;
    private string _said = "";

    /// <summary>Only past alerts before this one.</summary>
    [SupplyParameterFromQuery(Name = "before")]
    private string? Before { get; set; }

    [Inject]
    private AlertAdministration Administration { get; set; } = default!;

    [Inject]
    private AlertWatch Alerts { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NoticeBoard Notices { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    /// <inheritdoc/>
    protected override string Asked => Before ?? "";

    /// <inheritdoc/>
    protected override bool GoesOn => Reading is { Open.Count: > 0 };

    private string ZoneText => LocalTime.Zone.Id;

    private string QuietText => Reading!.Preferences switch
    {
        { SilentUntil: { } until } when until > Reading.At => Sentence.With(AlertTexts.QuietEnd, LocalTime.Clock(until, Reading.At)),
        var preferences when preferences.IsQuietAt(Reading.At) => AlertTexts.QuietNow,
        _ => AlertTexts.QuietHour,
    };

    /// <inheritdoc/>
    protected override void OnInitialized() => Alerts.Changed += OnChanged;

    /// <inheritdoc/>
    protected override Task<AlertsReading> ReadAsync(CancellationToken cancellationToken) =>
        Administration.ReadAsync(long.TryParse(Before, NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Alerts.Changed -= OnChanged;
        await _leaving.CancelAsync();
        Dispose();
        _leaving.Dispose();
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The circuit has ended.
        }
    }

    private static string HrefBefore(long id) => string.Create(CultureInfo.InvariantCulture, $"alerts?before={id}");

    private static string HistoryOf(string roomId, HistorySpan span)
    {
        var path = HistoryLinks.Room(roomId);
        return $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}from={AddressInstants.Write(span.From)}&until={AddressInstants.Write(span.Until)}";
    }

    /// <summary>The room's own explanation reaches back an hour.</summary>
    private bool IsLately(Alert alert) => Reading!.At - StretchOf(alert).From < TimeSpan.FromMinutes(58);

    /// <summary>The time its rule looked at, and the minute in which that was seen.</summary>
    private static HistorySpan StretchOf(Alert alert) => new(alert.RaisedAt.AddMinutes(-alert.Rule.Minutes - 1), alert.RaisedAt.AddMinutes(1));

    private async Task ExplainAsync(string roomId, HistorySpan stretch) => await Dialogs.AskAsync<RoomPastDialog>(
        Sentence.With(RoomTexts.PastTitle, VisibleText.Isolated(Administration.NameOf(roomId))),
        new DialogParameters<RoomPastDialog> { { dialog => dialog.RoomId, roomId }, { dialog => dialog.Stretch, stretch } },
        MaxWidth.Medium);

    private async Task EditAsync(AlertRule? rule)
    {
        if (await Dialogs.AskAsync<AlertRuleDialog>(rule is null ? AlertTexts.NewRule : AlertTexts.EditTitle, new DialogParameters<AlertRuleDialog> { { dialog => dialog.Rule, rule }, { dialog => dialog.IsOfRooms, !Reading!.MayChangeIn(roomId: null) } }, MaxWidth.Small) is not null)
            await RefreshAsync();
    }

    private Task SwitchAsync(AlertRule rule, bool isOn) => DoAsync(() => Administration.SaveRuleAsync(rule with { IsOn = isOn }, _leaving.Token), AlertTexts.NotSaved);

    private Task AcknowledgeAsync(Alert alert) => DoAsync(() => Administration.AcknowledgeAsync(alert, alert.AcknowledgedBy is null, _leaving.Token), AlertTexts.TellFailed);

    private Task PreferAsync(Func<AlertPreferences, AlertPreferences> change) => DoAsync(() => Administration.PreferAsync(change), AlertTexts.TellFailed);

    private Task TurnQuietAsync() => PreferAsync(preferences => preferences with { SilentUntil = preferences.SilentUntil > Reading!.At ? null : Reading.At.AddHours(1) });

    private Task QuietAsync(string? from, string? until) => PreferAsync(preferences => preferences with
    {
        QuietFrom = from is null ? preferences.QuietFrom : AlertPreferences.Read(from),
        QuietUntil = until is null ? preferences.QuietUntil : AlertPreferences.Read(until),
        Zone = LocalTime.Zone.Id,
    });

    /// <summary>The browser asks on this click, and never by itself.</summary>
    private async Task NotifyAsync(bool isOn)
    {
        _said = "";
        if (isOn && await (await ModuleAsync()).InvokeAsync<string>("ask") is not "granted")
        {
            _said = AlertTexts.NotAllowed;
            return;
        }
        await PreferAsync(preferences => preferences with { HasNotifications = isOn });
    }

    private async Task TestAsync()
    {
        var preferences = Reading!.Preferences;
        Notices.Say($"{AlertTexts.TestTitle}: {AlertTexts.TestText}");
        await (await ModuleAsync()).InvokeVoidAsync("signal", AlertSignal.Test() with { Sound = preferences.HasSound, Notify = preferences.HasNotifications });
    }

    private async Task TestAsync(PushDevice device) =>
        await DoAsync(async () => _said = await Administration.TestDeviceAsync(device, _leaving.Token) ? AlertTexts.TestSent : AlertTexts.TestNotSent, AlertTexts.TestNotSent);

    private async Task AddDeviceAsync()
    {
        _said = "";
        await DoAsync(
            async () => _said = await (await ModuleAsync()).InvokeAsync<PushSubscriptionRequest?>("subscribe", Administration.ServerKey) is { } subscription
                ? await Administration.AddDeviceAsync(subscription) ?? AlertTexts.DeviceAdded
                : AlertTexts.NoPush,
            AlertTexts.NoPush);
    }

    private string DeviceText(PushDevice device) => device switch
    {
        { EndedAt: { } at } => Sentence.With(AlertTexts.DeviceEnded, LocalTime.Clock(at, Reading!.At)),
        _ when !Administration.CanReach(device) => AlertTexts.DeviceStale,
        { ReachedAt: { } at } => Sentence.With(AlertTexts.DeviceReached, LocalTime.Clock(at, Reading!.At)),
        _ => AlertTexts.DeviceNever,
    };

    private async Task<IJSObjectReference> ModuleAsync() => _module ??= await Script.InvokeAsync<IJSObjectReference>("import", "./" + Assets["alerts.js"]);

    private async Task DoAsync(Func<Task> act, string problem)
    {
        try
        {
            await act();
        }
        catch (AccessRefusedException)
        {
            Notices.Say(AlertTexts.NoAccess, severity: Severity.Error);
        }
#pragma warning disable CA1031 // any failure: the moderator is told that nothing was changed
        catch (Exception failure) when (!_leaving.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Notices.Say(Failures.Tell(failure, "Alerts couldn't be changed.", problem), severity: Severity.Error);
        }
        await RefreshAsync();
    }

    private void OnChanged(object? sender, AlertsChangedEventArgs news) => _ = InvokeAsync(async () =>
    {
        if (_leaving.IsCancellationRequested)
            return;
        await RefreshAsync();
        StateHasChanged();
    });
}
