using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Pages;

/// <summary>The network, or one room, over a day or a year: its curve, what that adds up to, and its broadcasts.</summary>
public sealed partial class HistoryPage
{
    private const string BrowserZone = "browser";
    private const string UtcZone = "utc";

    private readonly HashSet<long> _chosen = [];
    private IReadOnlyList<StretchPoint> _points = [];
    private LocalTime _clock = new();
    private CurvePoint _peak;
    private double _average;
    private TimeSpan _watched;
    private TimeSpan _hidden;
    private bool _isByDay;
    private DateOnly? _from;
    private DateOnly? _until;
    private string? _problem;
    private string? _drawn;

    [Parameter]
    public string? RoomId { get; set; }

    /// <summary>For the few ids that cannot stand in a path, see <see cref="HistoryLinks"/>.</summary>
    [SupplyParameterFromQuery(Name = "id")]
    private string? RoomIdInQuery { get; set; }

    /// <summary>One of <see cref="HistoryRanges.All"/>.</summary>
    [SupplyParameterFromQuery(Name = "range")]
    private string? Range { get; set; }

    /// <summary>The own range's first moment, see <see cref="AddressInstants"/>.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    /// <summary>The first moment after it.</summary>
    [SupplyParameterFromQuery(Name = "until")]
    private string? Until { get; set; }

    /// <summary>Whose hours and days; the network's unless it says the browser's or UTC.</summary>
    [SupplyParameterFromQuery(Name = "zone")]
    private string? Zone { get; set; }

    /// <summary>The room whose broadcasts are listed.</summary>
    [SupplyParameterFromQuery(Name = "room")]
    private string? RoomFilter { get; set; }

    /// <summary>Where the page of broadcasts before ended.</summary>
    [SupplyParameterFromQuery(Name = "after")]
    private string? Cursor { get; set; }

    [Inject]
    private HistoryPageQuery Query { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override string Asked => string.Join('\n', Room, Range, From, Until, Zone, RoomFilter, Cursor);

    protected override string Subject => Room ?? "";

    protected override bool GoesOn => Own is null && Cursor is null;

    private string? Room => RoomId ?? (string.IsNullOrEmpty(RoomIdInQuery) ? null : RoomIdInQuery);

    private string Name => Reading?.Title ?? VisibleText.IdOf(Room!);

    private HistorySpan? Own => HistoryRanges.Own(From, Until);

    private string CsvHref => Room is null
        ? $"downloads/history.csv?{RoomLinks.Query(Words)}".TrimEnd('?')
        : RoomLinks.Download(Room, "history.csv", Words);

    private KeyValuePair<string, string?>[] Words => [new("range", Range), new("from", From), new("until", Until), new("zone", Zone)];

    private string Today => DateOf(Time.GetUtcNow()).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    protected override async Task<HistoryViewModel> ReadAsync(CancellationToken cancellationToken)
    {
        var zone = Zone switch
        {
            BrowserZone => LocalTime.Zone,
            UtcZone => TimeZoneInfo.Utc,
            _ => null,
        };
        var fields = (_from, _until);
        var reading = await Query.ReadAsync(
            new HistoryView(Room, HistoryRanges.Parse(Range), Own, zone, string.IsNullOrWhiteSpace(RoomFilter) ? null : RoomFilter.Trim(), Cursor), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Draw(reading, isTyped: fields != (_from, _until));
        return reading;
    }

    private void Draw(HistoryViewModel reading, bool isTyped)
    {
        _clock = new LocalTime();
        _clock.Use(reading.Zone.Id);
        if (!isTyped && !string.Equals(_drawn, Asked, StringComparison.Ordinal)) // what is typed outlasts the next reading
            (_problem, _from, _until) = (null, DateOf(reading.Span.From), DateOf(reading.Span.Until.AddTicks(-1)));
        _drawn = Asked;
        if (reading.Curve is not { } curve)
            return;
        _points = StretchPoint.WithPeaks(curve);
        _isByDay = curve.Step == HistoryStep.Day;
        _peak = curve.Points.Count > 0 ? curve.Points.MaxBy(point => point.Peak) : default;
        _watched = curve.Points.Aggregate(TimeSpan.Zero, (sum, point) => sum + point.Viewers);
        _hidden = curve.Points.Aggregate(TimeSpan.Zero, (sum, point) => sum + point.Hidden);
        _average = curve.Points.Sum(point => point.Recorded) is > 0 and var minutes ? _watched / TimeSpan.FromMinutes(minutes) : 0;
    }

    private DateOnly DateOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _clock.Zone).DateTime);

    private bool IsWithinADay => Reading is { } reading && reading.Span.Length <= TimeSpan.FromHours(36);

    /// <summary>"20:14" within a day, "20 Nov 20:14" or "20 Nov" beyond.</summary>
    private string TimeText(DateTimeOffset at) => _isByDay ? _clock.Date(at, Time.GetUtcNow()) : _clock.Clock(at, Time.GetUtcNow());

    private string TickText(DateTimeOffset at) => IsWithinADay ? _clock.Hour(at) : _clock.Day(at);

    private static string ZoneText(TimeZoneInfo zone) => zone.Id is "UTC" or "Etc/UTC" ? "UTC" : zone.Id;

    private string Href(string word, string? value) => Navigation.GetUriWithQueryParameter(word, value);

    private string RangeHref(string range) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["range"] = range == HistoryRanges.Default ? null : range, ["from"] = null, ["until"] = null, ["after"] = null });

    private void Zoom(HistorySpan span) => Show(span);

    private void ShowOwn()
    {
        if (_from is not { } from || _until is not { } until || until < from)
        {
            _problem = HistoryTexts.RangeProblem;
            return;
        }
        Show(new HistorySpan(Midnight(from), Midnight(until.AddDays(1))));
    }

    private void Show(HistorySpan span) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["range"] = null,
        ["from"] = AddressInstants.Write(span.From),
        ["until"] = AddressInstants.Write(span.Until),
        ["after"] = null,
    }));

    private DateTimeOffset Midnight(DateOnly day) => _clock.StartOfDay(new DateTimeOffset(day.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero) - _clock.Zone.GetUtcOffset(day.ToDateTime(new TimeOnly(12, 0))));

    private void Choose(long id, ChangeEventArgs change)
    {
        if (change.Value is true)
            _chosen.Add(id);
        else
            _chosen.Remove(id);
    }

    private void Compare()
    {
        var both = Reading!.Broadcasts.Where(row => _chosen.Contains(row.Broadcast.Id)).Select(row => row.Broadcast.Id).ToList();
        if (both.Count == 2)
            Navigation.NavigateTo(string.Create(CultureInfo.InvariantCulture, $"{HistoryLinks.Broadcast(both[0])}?compare={both[1]}"));
    }
}
