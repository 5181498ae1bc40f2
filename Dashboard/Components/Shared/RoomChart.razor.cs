using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>A room's last hour or quarter of it: viewers as a line, joins and leaves as bars, settings changes as marks. Renders when the hour was read anew.</summary>
public sealed partial class RoomChart
{
    private const int Width = 600;
    private const int Height = 160;

    private RoomHour? _hour;
    private int _minutes;
    private bool _isChanged;
    private int[] _viewers = [];
    private int[] _joins = [];
    private int[] _leaves = [];
    private int _top;
    private int _most;
    private int? _picked;

    [Parameter, EditorRequired]
    public RoomHour Hour { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    /// <summary>15 or 60.</summary>
    [Parameter, EditorRequired]
    public int Minutes { get; set; }

    [Parameter, EditorRequired]
    public Func<int, string> RangeHref { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    private int Picked => Math.Min(_picked ?? int.MaxValue, _viewers.Length - 1);

    private IReadOnlyList<Mark> Marks { get; set; } = [];

    private string Summary => Sentence.With(
        RoomTexts.ChartSummary,
        Minutes == 15 ? RoomTexts.Range15 : RoomTexts.Range60,
        Numbers.Count(_viewers[^1]),
        Numbers.Count(_viewers.Min()),
        Numbers.Count(_viewers.Max()),
        Numbers.Count(_joins.Sum()),
        Numbers.Count(_leaves.Sum()));

    protected override void OnParametersSet()
    {
        _isChanged = !ReferenceEquals(Hour, _hour) || Minutes != _minutes;
        if (!_isChanged)
            return;
        if (Minutes != _minutes)
            _picked = null;
        (_hour, _minutes) = (Hour, Minutes);
        _viewers = Last(Hour.Trend.Hour);
        _joins = Last(Hour.Flow.Joins);
        _leaves = Last(Hour.Flow.Leaves);
        _top = TrendLine.Ceiling(_viewers.Max());
        _most = TrendLine.Ceiling(Math.Max(_joins.Max(), _leaves.Max()));
        Marks = [.. Hour.Changes.Where(change => Age(change) < Span).Select(MarkOf)];
    }

    protected override bool ShouldRender() => _isChanged;

    private TimeSpan Span => TimeSpan.FromMinutes(Minutes);

    private int[] Last(IReadOnlyList<int> samples) => [.. samples.Skip(Math.Max(0, samples.Count - Minutes - 1))];

    private TimeSpan Age(SettingsHistoryEntry change) => Hour.Trend.At - change.Settings.UpdatedAt;

    private void Pick(ChangeEventArgs change)
    {
        if (!int.TryParse(change.Value as string, NumberStyles.Integer, CultureInfo.InvariantCulture, out var picked))
            return;
        _picked = picked >= _viewers.Length - 1 ? null : picked; // the last one is now, and stays now
        _isChanged = true;
    }

    private string PointText(int index)
    {
        if (index < 0)
            return "";
        var ago = RoomTrend.HourStep * (_viewers.Length - 1 - index);
        var when = ago == TimeSpan.Zero ? RoomTexts.ChartNow : LocalTime.Clock(Hour.Trend.At - ago, Hour.Trend.At);
        return Sentence.With(RoomTexts.ChartPoint, when, Numbers.Count(_viewers[index]), Numbers.Count(_joins[index]), Numbers.Count(_leaves[index]));
    }

    private Mark MarkOf(SettingsHistoryEntry change)
    {
        var left = 100 * (1 - (Age(change) / Span));
        var differences = SettingsDifferences.Between(change.Previous, change.Settings)
            .Select(difference => difference.Before is null
                ? Sentence.With(RoomTexts.ChangeTo, difference.Name, difference.After)
                : Sentence.With(RoomTexts.ChangeToFrom, difference.Name, difference.Before, difference.After));
        var what = Sentence.With(RoomTexts.ChangeBy, string.Join(", ", differences), change.Settings.UpdatedBy);
        return new Mark(
            change.Settings.Version,
            string.Create(CultureInfo.InvariantCulture, $"left: {left:0.##}%"),
            Sentence.With(RoomTexts.ChangeLine, LocalTime.Clock(change.Settings.UpdatedAt, Now), what));
    }

    private sealed record Mark(int Version, string Style, string Text);
}
