using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Reads after the page is drawn, and then once a minute while it is looked at.</summary>
public sealed partial class WhileAway : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    private readonly LatestReading<AwayViewModel> _latest = new();
    private DateTimeOffset _readAt;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private AwayQuery Query { get; set; } = default!;

    [Inject]
    private ViewerBans Bans { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    protected override Task OnAfterRenderAsync(bool firstRender) => !_latest.IsReading && Now - _readAt >= Pace ? ReadAsync() : Task.CompletedTask;

    public void Dispose() => _latest.Dispose();

    /// <summary>A failure is not shown: the page is worth more than this part of it, which is tried again in a minute.</summary>
    private async Task ReadAsync()
    {
        _readAt = Now;
        await _latest.ReadAsync(Query.ReadAsync, Failures, "What happened meanwhile couldn't be read.");
        StateHasChanged();
    }

    private async Task MarkAsync()
    {
        await Query.MarkAsync();
        await ReadAsync();
    }

    private async Task LiftAsync(HistoryEvent ban)
    {
        await Bans.LiftAsync(ban.UserId!, VisibleText.IdOf(ban.UserId!), ban.RoomId);
        await ReadAsync();
    }

    private static string NameOf(AwayItem item, string roomId) => item.Broadcast is { } broadcast ? BroadcastTexts.Room(broadcast) : VisibleText.IdOf(roomId);

    private static IconShape ShapeOf(AwayKind kind) => kind switch
    {
        AwayKind.Disabled or AwayKind.Drop => IconShape.Warning,
        AwayKind.Ban => IconShape.Remove,
        AwayKind.SettingsChanged or AwayKind.RoomChanged => IconShape.Settings,
        _ => IconShape.Rooms,
    };

    private string TextOf(AwayItem item) => item switch
    {
        { Drop: { } drop } => Sentence.With(OverviewTexts.AwayDrop, Numbers.Count(-drop.Change), LocalTime.Clock(drop.Until, Now), MomentTexts.Cause(drop)),
        { Kind: AwayKind.BroadcastEnded, Broadcast.Figures: { } figures } => Sentence.With(OverviewTexts.AwayEnded, Numbers.Of(figures.People, OverviewTexts.AwayPerson, OverviewTexts.AwayPeople), Numbers.Count(figures.Peak)),
        { Kind: AwayKind.BroadcastEnded } => OverviewTexts.AwayOver,
        { Kind: AwayKind.BroadcastStarted } => OverviewTexts.AwayStarted,
        { Event: { Reason: { Length: > 0 } reason } happened } => $"{HistoryEventTexts.Text(happened)}: “{reason}”",
        { Event: { } happened } => HistoryEventTexts.Text(happened),
        _ => "",
    };

    private static string ActionOf(AwayItem item) => item.Kind == AwayKind.Drop ? OverviewTexts.AwayWhy : OverviewTexts.AwayOpen;

    private static string HrefOf(AwayItem item) => item switch
    {
        { Drop: { } drop, Broadcast: { } broadcast } => $"{HistoryLinks.Broadcast(broadcast.Id)}?from={AddressInstants.Write(drop.From)}&until={AddressInstants.Write(drop.Until)}",
        { Kind: AwayKind.BroadcastEnded, Broadcast: { } broadcast } => HistoryLinks.Broadcast(broadcast.Id),
        { Event.UserId: { Length: > 0 } userId } => ViewerLinks.To(userId),
        { RoomId: { } roomId } => RoomLinks.To(roomId),
        _ => "settings?tab=history",
    };
}
