using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Changes;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Why viewers of a room left in a stretch of time. Reads it itself, again for every other stretch.</summary>
public sealed partial class DropPanel : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly LatestReading<DropReport> _latest = new();
    private (string, HistorySpan)? _asked;

    [Parameter, EditorRequired]
    public string RoomId { get; set; } = "";

    [Parameter, EditorRequired]
    public HistorySpan Span { get; set; }

    [Inject]
    private HistoryReads History { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    private string SpanText => Sentence.With(HistoryTexts.Span, LocalTime.Hour(Span.From), LocalTime.Clock(Span.Until, Span.From));

    protected override Task OnParametersSetAsync()
    {
        if (_asked == (RoomId, Span))
            return Task.CompletedTask;
        _asked = (RoomId, Span);
        return ReadAsync();
    }

    public void Dispose() => _latest.Dispose();

    private bool IsTooLong => Span.Length > Longest;

    private Task ReadAsync()
    {
        _latest.Clear();
        return IsTooLong
            ? Task.CompletedTask
            : _latest.ReadAsync(token => History.ReadAsync(RoomId, history => history.ReadDropAsync(RoomId, Span.From, Span.Until, token)), Failures, "Why viewers left couldn't be read.");
    }

    private static IEnumerable<(LeaveReason Reason, int Left, int Before)> Reasons(DropReport report)
    {
        var (left, before) = (report.Left, report.LeftBefore);
        return ((LeaveReason Reason, int Left, int Before)[])
        [
            (LeaveReason.Timeout, left.Timeout, before.Timeout),
            (LeaveReason.Left, left.Left, before.Left),
            (LeaveReason.Removed, left.Removed, before.Removed),
            (LeaveReason.Disabled, left.Disabled, before.Disabled),
            (LeaveReason.Ended, left.Ended, before.Ended),
        ] is var all ? all.Where(reason => reason.Left + reason.Before > 0).OrderByDescending(reason => reason.Left) : [];
    }

    private static string Bar(int left, DropReport report) => string.Create(CultureInfo.InvariantCulture, $"width: {100d * left / report.Left.Total:0.#}%");

    private static string StayText(StayLeaves stay) => stay switch
    {
        { Until: null } => Sentence.With(HistoryTexts.StayOver, Border(stay.From)),
        { From.Ticks: 0 } => Sentence.With(HistoryTexts.StayUnder, Border(stay.Until.Value)),
        _ => Sentence.With(HistoryTexts.StayBetween, Border(stay.From), Border(stay.Until.Value)),
    };

    private static string Border(TimeSpan span) => span.Minutes == 0 ? Sentence.With(DurationTexts.Hours, Numbers.Count((long)span.TotalHours)) : Durations.Rough(span);
}
