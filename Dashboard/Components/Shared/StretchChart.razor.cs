using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Viewers over a time that is over or goes on: a line, an area, a dashed line to compare with, marks, and a stretch that can be chosen.</summary>
/// <remarks><b>Bound.</b> <see cref="StretchPoint.Most"/> points.</remarks>
public sealed partial class StretchChart
{
    private const int Width = 1_000;
    private const int Height = 200;
    private const int Fine = 100; // parts of a viewer, since averages have some
    private const int Ticks = 4;
    private const double LetterWidth = 0.009; // of a chart of 720 px

    private static readonly string Grid = string.Create(CultureInfo.InvariantCulture, $"M0 0H{Width}M0 {Height / 2}H{Width}M0 {Height}H{Width}");

    private string _line = "";
    private string _area = "";
    private string _dashed = "";
    private ChartMark[] _marks = [];
    private (DateTimeOffset At, string Style)[] _ticks = [];
    private (int First, int Last)? _span;
    private int _top;
    private bool _isTable;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>A few words beside the title: what is dashed.</summary>
    [Parameter]
    public string? Note { get; set; }

    /// <summary>What choosing a stretch is for.</summary>
    [Parameter]
    public string? Hint { get; set; }

    /// <summary>What stands there while there are fewer than two points.</summary>
    [Parameter]
    public string Empty { get; set; } = HistoryTexts.ChartYoung;

    /// <summary>In order, at most <see cref="StretchPoint.Most"/>.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<StretchPoint> Points { get; set; } = [];

    /// <summary>What the line is called in the table of its numbers.</summary>
    [Parameter]
    public string LineName { get; set; } = HistoryTexts.ColumnViewers;

    /// <summary>The same of the area. Null where it is the line's.</summary>
    [Parameter]
    public string? AreaName { get; set; }

    /// <summary>The same of the dashed line.</summary>
    [Parameter]
    public string DashedName { get; set; } = "";

    /// <summary>What happened, at instants of the chart.</summary>
    [Parameter]
    public IReadOnlyList<StretchMark> Marks { get; set; } = [];

    /// <summary>A number the scale has to reach: a peak within a point.</summary>
    [Parameter]
    public int Reach { get; set; }

    /// <summary>The stretch that is chosen.</summary>
    [Parameter]
    public HistorySpan? Selected { get; set; }

    /// <summary>Another stretch was chosen. Without it none can be.</summary>
    [Parameter]
    public EventCallback<HistorySpan> OnSelect { get; set; }

    /// <summary>A moment was pressed.</summary>
    [Parameter]
    public EventCallback<DateTimeOffset> OnPick { get; set; }

    /// <summary>How the axis writes an instant; its clock unless said otherwise.</summary>
    [Parameter]
    public Func<DateTimeOffset, string>? Tick { get; set; }

    /// <summary>How an instant reads; its clock unless said otherwise.</summary>
    [Parameter]
    public Func<DateTimeOffset, string>? Clock { get; set; }

    /// <summary>Whether it is read without a connection to the server.</summary>
    [Parameter]
    public bool IsPlain { get; set; }

    /// <summary>What else stands beside the title.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    private int First => _span?.First ?? 0;

    private int Last => _span?.Last ?? Points.Count - 1;

    private string Css => _span is null ? "" : string.Create(CultureInfo.InvariantCulture, $"--from: {PlaceOf(First):0.####}; --until: {PlaceOf(Last):0.####}");

    private string PointsStyle => string.Create(CultureInfo.InvariantCulture, $"inset-inline: {-50d / (Points.Count - 1):0.###}%");

    private string Summary => Sentence.With(
        HistoryTexts.ChartSummary,
        TimeText(Points[0].From),
        TimeText(Points[^1].From),
        Figure(Points.Min(point => point.Line)),
        Figure(Points.Max(point => point.Line)),
        Numbers.Count(Points.Sum(point => point.Joins)),
        Numbers.Count(Points.Sum(point => point.Leaves)));

    protected override void OnParametersSet()
    {
        if (Points.Count < 2)
            return;
        var highest = Points.Max(point => Math.Max(Math.Max(point.Line ?? 0, point.Area ?? 0), point.Dashed ?? 0));
        _top = TrendLine.Ceiling(_top, (int)Math.Ceiling(Math.Max(highest, Reach)));
        _line = CurveLine.Path(Scaled(point => point.Line), Width, Height, _top * Fine);
        _area = CurveLine.Area(Scaled(point => point.Area), Width, Height, _top * Fine);
        _dashed = CurveLine.Path(Scaled(point => point.Dashed), Width, Height, _top * Fine);
        _marks = ChartMark.Spread(
            Marks.Where(mark => mark.At >= Points[0].From && mark.At <= Points[^1].Until)
                .Select(mark => new ChartMark(mark.Key, PlaceAt(mark.At), mark.Name, mark.Text) { Tone = mark.Tone }), mark => (mark.Name.Length + 1) * LetterWidth);
        _ticks = [.. Enumerable.Range(0, Ticks + 1).Select(tick => (Points.Count - 1) * tick / Ticks).Distinct().Select(index => (Points[index].From, ChartMark.StyleOf(PlaceOf(index))))];
        _span = Selected is { } span ? (IndexAt(span.From), Math.Max(IndexAt(span.Until - TimeSpan.FromMilliseconds(1)), IndexAt(span.From))) : null;
    }

    private int?[] Scaled(Func<StretchPoint, double?> of) => [.. Points.Select(point => of(point) is { } value ? (int?)Math.Round(value * Fine) : null)];

    private double PlaceOf(int index) => (double)index / (Points.Count - 1);

    /// <summary>Where an instant stands between the points around it.</summary>
    private double PlaceAt(DateTimeOffset at)
    {
        var index = IndexAt(at);
        var point = Points[index];
        var within = point.Until > point.From ? (at - point.From) / (point.Until - point.From) : 0;
        return Math.Clamp((index + within) / (Points.Count - 1), 0, 1);
    }

    /// <summary>The point an instant falls into, or the nearest one.</summary>
    private int IndexAt(DateTimeOffset at)
    {
        var index = 0;
        while (index < Points.Count - 1 && Points[index].Until <= at)
            index++;
        return index;
    }

    private string TimeText(DateTimeOffset at) => Clock?.Invoke(at) ?? LocalTime.Hour(at);

    private string TickText(DateTimeOffset at) => (Tick ?? Clock)?.Invoke(at) ?? LocalTime.Hour(at);

    private static string Figure(double? value) => value is { } number ? Averages.Text(number) : "";

    private string LabelOf(int index)
    {
        var point = Points[index];
        var label = point.Line is { } line
            ? Sentence.With(HistoryTexts.Point, TimeText(point.From), Figure(line), Numbers.Count(point.Joins), Numbers.Count(point.Leaves))
            : TimeText(point.From);
        return point.Dashed is { } dashed ? Sentence.With(HistoryTexts.PointBeside, label, DashedName, Figure(dashed)) : label;
    }

    /// <summary>"12-18" when a stretch was dragged, "12-12" when a place was pressed.</summary>
    private Task TakeAsync(ChangeEventArgs change)
    {
        if ((change.Value as string)?.Split('-') is not [var from, var until] || !TryIndex(from, out var first) || !TryIndex(until, out var last))
            return Task.CompletedTask;
        return first == last ? OnPick.InvokeAsync(Points[first].From) : SelectAsync(first, last);
    }

    private Task MoveAsync(ChangeEventArgs change, bool isFirst)
    {
        if (!TryIndex(change.Value as string, out var index))
            return Task.CompletedTask;
        return isFirst ? SelectAsync(index, Math.Max(Last, index)) : SelectAsync(Math.Min(First, index), index);
    }

    private bool TryIndex(string? text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < Points.Count;

    private Task SelectAsync(int first, int last) => OnSelect.InvokeAsync(new HistorySpan(Points[Math.Min(first, last)].From, Points[Math.Max(first, last)].Until));
}
