using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Shared;

/// <summary>The network's viewers over the last hour or day. Renders when there is a new point, not with every viewer.</summary>
public sealed partial class NetworkChart : IDisposable
{
    private const int Width = 1200;
    private const int Height = 240;

    private static readonly string Grid = string.Create(CultureInfo.InvariantCulture, $"M0 0H{Width}M0 {Height / 2}H{Width}M0 {Height}H{Width}");

    private NetworkCurve? _shown;
    private bool _isChanged;
    private int?[] _viewers = [];
    private int _top;
    private DateTimeOffset? _shownAt;
    private DateTimeOffset? _selectedAt;
    private QueryStringWriter _pen = default!;

    [Parameter, EditorRequired]
    public NetworkCurve Curve { get; set; } = default!;

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

    private string SelectedPlace => string.Create(CultureInfo.InvariantCulture, $"{100.0 * Selected / Math.Max(Curve.Points.Count - 1, 1):0.##}%");

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
        (_shown, _shownAt) = (Curve, At);
        _viewers = [.. Curve.Points.Select(point => point?.Viewers)];
        _top = TrendLine.Ceiling(_viewers.Max() ?? 0);
    }

    protected override bool ShouldRender() => _isChanged;

    public void Dispose() => _pen.Dispose();

    private Task SelectAsync(int index)
    {
        _selectedAt = index >= Curve.Points.Count - 1 ? null : Curve.AtOf(index); // the newest one stays the newest
        _isChanged = true;
        return _pen.WriteSoonAsync(AddressInstants.Write(_selectedAt));
    }

    private string Label(int index) => Curve.Points[index] is { } point
        ? Sentence.With(OverviewTexts.Point, Clock(index), Numbers.Count(point.Viewers), Numbers.Count(point.Joins), Numbers.Count(point.Leaves))
        : Sentence.With(OverviewTexts.PointGap, Clock(index));

    private string Clock(int index) => LocalTime.Clock(Curve.AtOf(index), Time.GetUtcNow());
}
