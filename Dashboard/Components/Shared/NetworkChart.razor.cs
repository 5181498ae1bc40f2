using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>The network's viewers over the last hour or day. Renders when there is a new point, not with every viewer.</summary>
public sealed partial class NetworkChart : IDisposable
{
    private const int Width = 1200;
    private const int Height = 240;
    private const double NameWidth = 0.4;

    private static readonly string Grid = string.Create(CultureInfo.InvariantCulture, $"M0 0H{Width}M0 {Height / 2}H{Width}M0 {Height}H{Width}");

    private NetworkCurve? _shown;
    private bool _isChanged;
    private int?[] _viewers = [];
    private int _top;
    private int[] _ticks = [];
    private ChartMark[] _marks = [];
    private Dictionary<int, string> _marked = [];
    private DateTimeOffset? _shownAt;
    private DateTimeOffset? _selectedAt;
    private QueryStringWriter _pen = default!;

    [Parameter, EditorRequired]
    public NetworkCurve Curve { get; set; } = default!;

    /// <summary>Changes of the network's settings, the latest first; the chart marks those it covers.</summary>
    [Parameter]
    public IReadOnlyList<SettingsHistoryEntry> Changes { get; set; } = [];

    /// <summary>The instant the address asks to read out; null reads the newest.</summary>
    [Parameter]
    public DateTimeOffset? At { get; set; }

    [Parameter, EditorRequired]
    public string HourHref { get; set; } = "";

    [Parameter, EditorRequired]
    public string DayHref { get; set; } = "";

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private string RangeText => Curve.Range == HistoryRange.Hour ? OverviewTexts.LastHour : OverviewTexts.LastDay;

    /// <summary>The point the keyboard reads: the newest until another is chosen, which then stays with its instant.</summary>
    private int Selected => _selectedAt is { } at
        ? Math.Clamp((int)((at - Curve.Begin) / Curve.Step), 0, Curve.Points.Count - 1)
        : Curve.Points.Count - 1;

    /// <summary>When the line began, while it is too short to be seen.</summary>
    private string? YoungSince
    {
        get
        {
            var first = Array.FindIndex(_viewers, viewers => viewers is not null);
            return first > _viewers.Length * 9 / 10 ? Clock(first) : null;
        }
    }

    private string Summary
    {
        get
        {
            var known = Curve.Points.Where(point => point is not null).Select(point => point!.Value).ToList();
            var highest = known.MaxBy(point => point.Viewers);
            return Sentence.With(
                OverviewTexts.ChartSummary, RangeText, Numbers.Count(highest.Viewers), LocalTime.Clock(highest.At, Time.GetUtcNow()), Numbers.Count(known.Min(point => point.Viewers)));
        }
    }

    protected override void OnInitialized() => _pen = new QueryStringWriter(Navigation, Time, "at");

    protected override void OnParametersSet()
    {
        if (_pen.IsForeign(AddressInstants.Write(At)))
            _selectedAt = At;
        _isChanged = !ReferenceEquals(_shown, Curve) || At != _shownAt;
        if (!_isChanged)
            return;
        var before = _shown?.Range == Curve.Range ? _top : 0;
        (_shown, _shownAt) = (Curve, At);
        _viewers = [.. Curve.Points.Select(point => point?.Viewers)];
        _top = TrendLine.Ceiling(before, _viewers.Max() ?? 0);
        var every = Curve.Range == HistoryRange.Hour ? TimeSpan.FromMinutes(15) : TimeSpan.FromHours(4);
        _ticks = [.. Enumerable.Range(0, Curve.Points.Count).Where(index => ShareOf(index) is > 0.05 and < 0.9 && LocalTime.IsRound(Curve.AtOf(index), every))];
        _marks = ChartMark.Spread([.. ChangeMarks(), .. SurgeMarks()], NameWidth);
        _marked = _marks.GroupBy(mark => (int)Math.Round(mark.Place * (Curve.Points.Count - 1))).ToDictionary(marks => marks.Key, marks => string.Join(", ", marks.Select(mark => mark.Text)));
    }

    protected override bool ShouldRender() => _isChanged;

    public void Dispose() => _pen.Dispose();

    private Task SelectAsync(int index)
    {
        _selectedAt = index >= Curve.Points.Count - 1 ? null : Curve.AtOf(index); // the newest point stays selected as the line moves on
        _isChanged = true;
        return _pen.WriteSoonAsync(AddressInstants.Write(_selectedAt));
    }

    private double ShareOf(int index) => (double)index / Math.Max(Curve.Points.Count - 1, 1);

    private string StyleAt(int index) => ChartMark.StyleOf(ShareOf(index));

    private IEnumerable<ChartMark> ChangeMarks() =>
        from change in Changes
        let index = (int)Math.Floor((change.Settings.UpdatedAt - Curve.Begin) / Curve.Step)
        where index >= 0 && index < Curve.Points.Count && change.Previous is not null // the first version isn't a change
        select MarkOf(
            index,
            string.Create(CultureInfo.InvariantCulture, $"settings {change.Settings.Version}"),
            string.Join(", ", SettingsDifferences.Between(change.Previous, change.Settings).Select(difference => Sentence.With(OverviewTexts.Mark, difference.Name, difference.Before, difference.After))));

    private IEnumerable<ChartMark> SurgeMarks() => ChartMark.Surges(_viewers, Curve.Step).Select(surge => MarkOf(
        surge.Index,
        string.Create(CultureInfo.InvariantCulture, $"surge {Curve.AtOf(surge.Index).UtcTicks}"),
        Sentence.With(OverviewTexts.Surge, Numbers.Change(surge.Change), Durations.Exact(Curve.Step))));

    private ChartMark MarkOf(int index, string key, string text) => new(key, ShareOf(index), text, text);

    private string Label(int index)
    {
        var label = Curve.Points[index] is { } point
            ? Sentence.With(OverviewTexts.Point, Clock(index), Numbers.Count(point.Viewers), Numbers.Count(point.Joins), Numbers.Count(point.Leaves))
            : Sentence.With(OverviewTexts.PointGap, Clock(index));
        return _marked.TryGetValue(index, out var marked) ? label + " · " + marked : label;
    }

    private string Clock(int index) => LocalTime.Clock(Curve.AtOf(index), Time.GetUtcNow());
}
