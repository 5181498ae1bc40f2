using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>A room's last hour or quarter of it: viewers as a line, joins and leaves as bars, settings changes as marks. Renders when the hour was read anew.</summary>
public sealed partial class RoomChart : IDisposable
{
    private const int Width = 600;
    private const int Height = 160;

    private Shown? _shown;
    private bool _isChanged;
    private int[] _viewers = [];
    private int[] _joins = [];
    private int[] _leaves = [];
    private int _top;
    private int _most;
    private DateTimeOffset? _pickedAt;
    private AddressPen? _pen;

    [Parameter, EditorRequired]
    public RoomHour Hour { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

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
        // Where the links lead depends on the rest of the address.
        var shown = new Shown(Hour, Minutes, At, QuarterHref, HourHref);
        _isChanged = shown != _shown;
        if (!_isChanged)
            return;
        if (At != _shown?.At)
            _pickedAt = At;
        _shown = shown;
        _viewers = Last(Hour.Trend.Hour);
        _joins = Last(Hour.Flow.Joins);
        _leaves = Last(Hour.Flow.Leaves);
        _top = TrendLine.Ceiling(_viewers.Max());
        _most = TrendLine.Ceiling(Math.Max(_joins.Max(), _leaves.Max()));
        Marks = [.. Hour.Changes.Where(change => Age(change) < Span).Select(MarkOf)];
    }

    protected override bool ShouldRender() => _isChanged;

    public void Dispose() => _pen?.Dispose();

    private TimeSpan Span => TimeSpan.FromMinutes(Minutes);

    private int[] Last(IReadOnlyList<int> samples) => [.. samples.Skip(Math.Max(0, samples.Count - Minutes - 1))];

    private TimeSpan Age(SettingsHistoryEntry change) => Hour.Trend.At - change.Settings.UpdatedAt;

    private DateTimeOffset AtOf(int index) => Hour.Trend.HourAt(Hour.Trend.Hour.Count - _viewers.Length + index);

    private Task PickAsync(ChangeEventArgs change)
    {
        if (!int.TryParse(change.Value as string, NumberStyles.Integer, CultureInfo.InvariantCulture, out var picked))
            return Task.CompletedTask;
        _pickedAt = picked >= _viewers.Length - 1 ? null : AtOf(picked); // the last one is now, and stays now
        _isChanged = true;
        _pen ??= new AddressPen(Navigation, Time);
        return _pen.WriteSoonAsync("at", AddressInstants.Write(_pickedAt));
    }

    private string PointText(int index)
    {
        if (index < 0)
            return "";
        var when = index == _viewers.Length - 1 ? RoomTexts.ChartNow : LocalTime.Clock(AtOf(index), Hour.Trend.At);
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

    private sealed record Shown(RoomHour Hour, int Minutes, DateTimeOffset? At, string QuarterHref, string HourHref);

    private sealed record Mark(int Version, string Style, string Text);
}
