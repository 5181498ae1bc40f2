using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Pages;

/// <summary>The whole network at a glance: how many, which way it is going, which rooms matter, and whether to believe it.</summary>
public sealed partial class OverviewPage
{
    private const string DayName = "day";

    [SupplyParameterFromQuery(Name = "range")]
    private string? RangeName { get; set; }

    /// <summary>What the chart reads out, see <see cref="AddressInstants"/>.</summary>
    [SupplyParameterFromQuery(Name = "at")]
    private string? At { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private OverviewQuery Reader { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    private HistoryRange Range => RangeName == DayName ? HistoryRange.Day : HistoryRange.Hour;

    private string Peak => Reading?.Network is { Peak: { } peak, Count.Viewers: var now } ? Numbers.Count(Math.Max(peak.Viewers, now)) : OverviewTexts.NoPeak;

    private string PeakAt => Reading?.Network?.Peak is { } peak ? Sentence.With(OverviewTexts.PeakAt, LocalTime.Clock(peak.At, Time.GetUtcNow())) : "";

    protected override ValueTask<OverviewViewModel> ReadAsync() =>
        Reader.ReadAsync(new OverviewView(Range, LocalTime.StartOfDay(Time.GetUtcNow())));

    // The selected point can be outside the other range.
    private string RangeHref(HistoryRange range) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["range"] = range == HistoryRange.Day ? DayName : null, ["at"] = null });
}
