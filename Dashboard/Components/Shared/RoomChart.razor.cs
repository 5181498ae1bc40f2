using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;
using HistorySpan = Presence.Engine.History.HistorySpan;

namespace Presence.Dashboard.Components.Shared;

/// <summary>A room's last hour or quarter of it: viewers as a line, joins and leaves as bars, settings changes and surges as marks. A stretch is dragged (wwwroot/page.js), a place pressed.</summary>
/// <remarks>Drawn when the hour was read anew. In between only what is said of now follows the count: two numbers for one moment would both be doubted.</remarks>
public sealed partial class RoomChart : IDisposable
{
    private const int Width = 600;
    private const int Height = 160;
    private const double NameWidth = 0.3;
    private const double FallWidth = 0.14;

    private Shown? _shown;
    private bool _isChanged;
    private int[] _viewers = [];
    private int[] _joins = [];
    private int[] _leaves = [];
    private string[] _labels = [];
    private string _line = "";
    private string _area = "";
    private string _joinBars = "";
    private string _leaveBars = "";
    private string _spoken = "";
    private ChartMark[] _marks = [];
    private (ChartMark Mark, HistorySpan Fall)[] _falls = [];
    private Dictionary<int, string> _marked = [];
    private (string Style, string Text)[] _ticks = [];
    private int _top;
    private int _most;
    private RoomMinute _minute;
    private DateTimeOffset? _pickedAt;
    private QueryStringWriter _pen = default!;

    [Parameter, EditorRequired]
    public RoomHour Hour { get; set; } = default!;

    /// <summary>The last point, which is now.</summary>
    [Parameter, EditorRequired]
    public RoomMinute Minute { get; set; }

    /// <summary>15 or 60.</summary>
    [Parameter, EditorRequired]
    public int Minutes { get; set; }

    /// <summary>The instant the address asks to read out; null reads now.</summary>
    [Parameter]
    public DateTimeOffset? At { get; set; }

    [Parameter, EditorRequired]
    public string QuarterHref { get; set; } = "";

    [Parameter, EditorRequired]
    public string HourHref { get; set; } = "";

    /// <summary>Where the minutes are as a file.</summary>
    [Parameter, EditorRequired]
    public string DownloadHref { get; set; } = "";

    /// <summary>Somebody asks why the count changed in a stretch.</summary>
    [Parameter]
    public EventCallback<HistorySpan?> OnLookBack { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>The sample nearest to the instant that was chosen, which it stays with; the last one, which is now, until one is.</summary>
    private int Picked => _pickedAt is { } at
        ? Enumerable.Range(0, _viewers.Length).MinBy(index => (AtOf(index) - at).Duration())
        : _viewers.Length - 1;

    /// <summary>When the line began, while it is too short to be seen.</summary>
    private string? YoungSince => _viewers.Length * 10 <= Slots ? LocalTime.Clock(AtOf(0), Hour.Trend.At) : null;

    private string Summary => Sentence.With(
        RoomTexts.ChartSummary,
        Minutes == 15 ? RoomTexts.Range15 : RoomTexts.Range60,
        Numbers.Count(_viewers[^1]),
        Numbers.Count(_viewers.Min()),
        Numbers.Count(_viewers.Max()),
        Numbers.Count(_joins.Sum()),
        Numbers.Count(_leaves.Sum()));

    protected override void OnInitialized() => _pen = new QueryStringWriter(Navigation, Time, "at");

    protected override void OnParametersSet()
    {
        if (_pen.IsForeign(AddressInstants.Write(At)))
            _pickedAt = At;
        // The links contain the rest of the address.
        var shown = new Shown(Hour, Minutes, At, QuarterHref, HourHref);
        var isAnother = shown != _shown;
        _isChanged = isAnother || Minute != _minute;
        if (!_isChanged)
            return;
        (_shown, _minute) = (shown, Minute);
        if (isAnother)
            Draw();
        else
            TakeMinute();
    }

    protected override bool ShouldRender() => _isChanged;

    public void Dispose() => _pen.Dispose();

    private TimeSpan Span => TimeSpan.FromMinutes(Minutes);

    private void Draw()
    {
        _viewers = IsQuarter ? [.. Hour.Trend.Recent] : Last(Hour.Trend.Hour);
        _joins = Last(Hour.Flow.Joins);
        _leaves = Last(Hour.Flow.Leaves);
        var happened = RoomEvent.Of(Hour).Where(happened => Age(happened.At) < Span).ToDictionary(happened => happened.Key, StringComparer.Ordinal);
        var marks = happened.Values.Select(mark => new ChartMark(mark.Key, 1 - (Age(mark.At) / Span), mark.Name, mark.Text)).ToLookup(mark => happened[mark.Key].Fall is not null);
        // A fall is a button of its own; where two would lie over each other, the stretch can still be dragged.
        _falls = [.. ChartMark.Spread(marks[true], FallWidth).Where(mark => mark.HasRoom).Select(mark => (mark, happened[mark.Key].Fall!.Value))];
        _marks = [.. ChartMark.Spread(marks[false], NameWidth), .. marks[true]];
        _marked = _marks.GroupBy(mark => IndexOf(mark.Place)).ToDictionary(marks => marks.Key, marks => string.Join(", ", marks.Select(mark => mark.Name)));
        _ticks = [.. TicksOf(IsQuarter ? TimeSpan.FromMinutes(5) : TimeSpan.FromMinutes(15))];
        _labels = new string[_viewers.Length];
        TakeMinute();
        for (var i = 0; i < _labels.Length - 1; i++)
            _labels[i] = PointText(i);
        _spoken = _labels[Picked];

        _top = TrendLine.Ceiling(_top, _viewers.Max());
        _most = TrendLine.Ceiling(_most, Math.Max(_joins.Max(), _leaves.Max()));
        _line = TrendLine.Path(_viewers, Slots, Width, Height, 0, _top);
        _area = TrendLine.Area(_viewers, Slots, Width, Height, 0, _top);
        _joinBars = TrendBars.Path(_joins, Minutes + 1, Width, 20, 19, _most);
        _leaveBars = TrendBars.Path(_leaves, Minutes + 1, Width, 20, -19, _most);
    }

    private void TakeMinute()
    {
        // For a quarter of an hour, the line has a point every 15 s and the bars one per minute.
        (_viewers[^1], _joins[^1], _leaves[^1]) = (Minute.Viewers, Minute.Joins, Minute.Leaves);
        _labels[^1] = PointText(_viewers.Length - 1);
    }

    private int[] Last(IReadOnlyList<int> samples) => [.. samples.Skip(Math.Max(0, samples.Count - Minutes - 1))];

    private TimeSpan Age(DateTimeOffset at) => Hour.Trend.At - at;

    private bool IsQuarter => Minutes == 15;

    private int Slots => IsQuarter ? (int)(Span / RoomTrend.RecentStep) + 1 : Minutes + 1;

    private DateTimeOffset AtOf(int index) => IsQuarter ? Steady(Hour.Trend.RecentAt(index)) : Hour.Trend.HourAt(Hour.Trend.Hour.Count - _viewers.Length + index);

    /// <summary>On whole quarters of a minute.</summary>
    private static DateTimeOffset Steady(DateTimeOffset at) => at - new TimeSpan(at.Ticks % RoomTrend.RecentStep.Ticks);

    private Task PickAsync(int picked)
    {
        _pickedAt = picked >= _viewers.Length - 1 ? null : AtOf(picked); // the last point is now and stays selected as the line moves on
        (_isChanged, _spoken) = (true, _labels[Picked]);
        return _pen.WriteSoonAsync(AddressInstants.Write(_pickedAt));
    }

    /// <summary>"12-18" when a stretch was dragged, "12-12" when a place was pressed. The line may begin later than the chart.</summary>
    private Task TakeAsync(ChangeEventArgs change)
    {
        if ((change.Value as string)?.Split('-') is not [var from, var until] || !TryIndex(from, out var first) || !TryIndex(until, out var last))
            return Task.CompletedTask;
        return first == last ? PickAsync(first) : OnLookBack.InvokeAsync(new HistorySpan(AtOf(first), AtOf(last)));
    }

    private bool TryIndex(string text, out int index)
    {
        var isPlace = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place < Slots;
        index = Math.Max(0, place - (Slots - _viewers.Length));
        return isPlace;
    }

    private string PointText(int index)
    {
        var when = index == _viewers.Length - 1 ? RoomTexts.ChartNow : IsQuarter ? LocalTime.Second(AtOf(index)) : LocalTime.Clock(AtOf(index), Hour.Trend.At);
        return _marked.TryGetValue(index, out var marked) ? $"{CountText(index, when)} · {marked}" : CountText(index, when);
    }

    private string CountText(int index, string when)
    {
        if (IsQuarter && index < _viewers.Length - 1)
            return Sentence.With(RoomTexts.ChartInstant, when, Numbers.Count(_viewers[index]));
        var minute = Math.Min(index, _joins.Length - 1); // the last points of a quarter of an hour belong to the current minute
        return Sentence.With(RoomTexts.ChartPoint, when, Numbers.Count(_viewers[index]), Numbers.Count(_joins[minute]), Numbers.Count(_leaves[minute]));
    }

    /// <summary>The sample nearest to a place of the chart.</summary>
    private int IndexOf(double place) => Math.Clamp(_viewers.Length - 1 - (int)Math.Round((1 - place) * (Slots - 1)), 0, _viewers.Length - 1);

    private IEnumerable<(string Style, string Text)> TicksOf(TimeSpan every)
    {
        var first = Hour.Trend.At - Span;
        for (var at = first - TimeSpan.FromTicks(first.Ticks % every.Ticks) + every; at < Hour.Trend.At; at += every)
        {
            if (1 - (Age(at) / Span) is > 0.05 and < 0.78 and var place)
                yield return (ChartMark.StyleOf(place), LocalTime.Hour(at));
        }
    }

    private sealed record Shown(RoomHour Hour, int Minutes, DateTimeOffset? At, string QuarterHref, string HourHref);
}
