using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Pages;

/// <summary>One broadcast on one page: what it came to, its curve beside the usual, why viewers left, and who was there.</summary>
public sealed partial class BroadcastPage
{
    private const string MomentTab = "here";
    private const int MostFalls = 3;

    private IReadOnlyList<StretchPoint> _points = [];
    private IReadOnlyList<StretchMark> _marks = [];
    private BroadcastViewModel? _drawn;
    private (long Id, HistorySpan? Fall) _largest;

    [Parameter]
    public long Id { get; set; }

    /// <summary>What it is compared with: the id of another broadcast of the room, or <see cref="BroadcastPageQuery.Usual"/>.</summary>
    [SupplyParameterFromQuery(Name = "compare")]
    private string? Beside { get; set; }

    /// <summary>The chosen stretch's first moment, see <see cref="AddressInstants"/>.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    /// <summary>The first moment after it.</summary>
    [SupplyParameterFromQuery(Name = "until")]
    private string? Until { get; set; }

    /// <summary>Whether who was there is shown in place of why they left.</summary>
    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    /// <summary>The moment whose viewers are shown.</summary>
    [SupplyParameterFromQuery(Name = "at")]
    private string? At { get; set; }

    [Inject]
    private BroadcastPageQuery Query { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override string Asked => string.Create(CultureInfo.InvariantCulture, $"{Id} {Beside}");

    protected override string Subject => Id.ToString(CultureInfo.InvariantCulture);

    protected override bool GoesOn => Report is { Broadcast.IsLive: true };

    private BroadcastReport? Report => Reading?.Report;

    private bool IsCompared => Reading is { Other: not null } or { IsBesideUsual: true };

    private bool IsMomentShown => Tab is MomentTab;

    /// <summary>What the address says, else the largest fall there was when the page was opened.</summary>
    private HistorySpan? Stretch => HistoryRanges.Own(From, Until) ?? _largest.Fall;

    /// <summary>One that is over begins with its peak: at its end it is empty.</summary>
    private DateTimeOffset? Moment => AddressInstants.Read(At) ?? (GoesOn ? null : Report?.Broadcast.Figures?.PeakAt);

    private string BackHref => Report is null ? "history" : HistoryLinks.Room(Report.Broadcast.RoomId);

    private string AttendanceHref => string.Create(CultureInfo.InvariantCulture, $"downloads/broadcasts/{Id}/attendance.csv");

    private string CurveHref => string.Create(CultureInfo.InvariantCulture, $"downloads/broadcasts/{Id}/curve.csv");

    private string DashedName => Reading switch
    {
        { Other: { } other } => BroadcastTexts.Moment(other.Broadcast, LocalTime),
        { Report.Usual: { } usual } => BroadcastTexts.Than(usual),
        _ => "",
    };

    private string? DashedNote => DashedName.Length > 0 ? Sentence.With(HistoryTexts.Dashed, DashedName) : null;

    private bool IsLong => Report is { } report && _points.Count > 0 && _points[^1].Until - report.Broadcast.StartedAt > TimeSpan.FromDays(1);

    protected override async Task<BroadcastViewModel> ReadAsync(CancellationToken cancellationToken)
    {
        var reading = await Query.ReadAsync(Id, Beside, cancellationToken);
        Draw(reading);
        return reading;
    }

    private void Draw(BroadcastViewModel reading)
    {
        if (reading.Report is not { } report || ReferenceEquals(reading, _drawn))
            return;
        _drawn = reading;
        _points = StretchPoint.Of(report.Curve, reading.Other is { } other ? BroadcastCurves.Beside(report.Curve, other.Curve) : report.Usual?.Curve);
        _marks = [.. BroadcastCurves.Marks(report, namesPeople: true, MostFalls)];
        // Not moved while somebody reads it.
        if (_largest.Id != Id || _largest.Fall is null)
            _largest = (Id, report.Moments.Where(moment => moment is { Change: < 0, Cause: not MomentCause.End }).MinBy(moment => moment.Change) is { } fall ? new HistorySpan(fall.From, fall.Until) : null);
    }

    private string ClockOf(DateTimeOffset at) => LocalTime.Clock(at, IsLong ? at.AddDays(2) : at);

    private string TickOf(DateTimeOffset at) => IsLong ? LocalTime.Clock(at, at.AddDays(2)) : LocalTime.Hour(at);

    private string Href(Dictionary<string, object?> words) => Navigation.GetUriWithQueryParameters(words);

    private string CompareHref(string? beside) => Href(new(StringComparer.Ordinal) { ["compare"] = beside });

    private string TabHref(string? tab) => Href(new(StringComparer.Ordinal) { ["tab"] = tab });

    private void SelectAsync(HistorySpan span) => Navigation.NavigateTo(
        Href(new(StringComparer.Ordinal) { ["from"] = AddressInstants.Write(span.From), ["until"] = AddressInstants.Write(span.Until), ["tab"] = null }), replace: true);

    private void PickAsync(DateTimeOffset at) => Navigation.NavigateTo(
        Href(new(StringComparer.Ordinal) { ["at"] = AddressInstants.Write(at), ["tab"] = MomentTab }), replace: true);

    private void MoveAsync(DateTimeOffset at) => Navigation.NavigateTo(
        Href(new(StringComparer.Ordinal) { ["at"] = AddressInstants.Write(at) }), replace: true);

    private async Task ShareAsync() => await Dialogs.AskAsync<ShareBroadcastDialog>(
        HistoryTexts.ShareTitle, new DialogParameters<ShareBroadcastDialog> { { dialog => dialog.Broadcast, Report!.Broadcast } }, MaxWidth.Small);
}
