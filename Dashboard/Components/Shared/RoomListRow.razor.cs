using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Shared;

/// <summary>One room. Renders only when what it shows changed.</summary>
public sealed partial class RoomListRow
{
    private Shown _shown;
    private bool _isChanged;
    private RoomRow? _row;

    [Parameter, EditorRequired]
    public string RoomId { get; set; } = default!;

    /// <summary>Reads the room. Most often the page did, and it is there at once.</summary>
    [Parameter, EditorRequired]
    public Func<string, ValueTask<RoomRow>> Read { get; set; } = default!;

    /// <summary>Its place in the table.</summary>
    [Parameter]
    public int Line { get; set; }

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Parameter]
    public bool IsPinned { get; set; }

    /// <summary>The moderator pins the room, or lets it go.</summary>
    [Parameter]
    public EventCallback<string> OnPin { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    /// <summary>What a phone has no columns for.</summary>
    private string Note
    {
        get
        {
            var peak = Sentence.With(RoomListTexts.NotePeak, Numbers.Count(_shown.Peak));
            var since = _row!.Summary.Since is { } at ? Sentence.With(RoomListTexts.NoteSince, LocalTime.Clock(at, Now)) : null;
            var hidden = _shown.Hidden == 0 ? null : Sentence.With(RoomListTexts.Hidden, Numbers.Count(_shown.Hidden));
            var guests = _shown.Guests == 0 ? null : Sentence.With(_shown.Guests == 1 ? RoomListTexts.OneGuest : RoomListTexts.Guests, Numbers.Count(_shown.Guests));
            return string.Join(" · ", ((string?[])[peak, since, hidden, guests]).Where(part => part is not null));
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        _row = await Read(RoomId);
        var (summary, trend) = _row;
        var shown = new Shown(
            Line,
            summary.RoomId,
            _row.Name,
            TagOf(summary),
            summary.Count.Viewers,
            summary.Count.Hidden,
            summary.Count.Fading,
            summary.Count.Guests,
            summary.Peak,
            summary.Since is { } since ? Durations.Rough(Now - since) : "",
            TrendLine.Spark(trend.Recent),
            trend.MinuteChange,
            trend.RecentChange,
            _row.Burst,
            IsPinned);
        _isChanged = shown != _shown;
        _shown = shown;
    }

    protected override bool ShouldRender() => _isChanged;

    private Task TogglePinAsync() => OnPin.InvokeAsync(_shown.RoomId);

    private static string? TagOf(RoomSummary summary) => summary switch
    {
        { Status: RoomStatus.Ended } => RoomListTexts.Ended,
        { IsEnabled: false } => RoomListTexts.Off,
        _ => null,
    };

    private readonly record struct Shown(
        int Line, string RoomId, string Name, string? Tag, int Viewers, int Hidden, int Fading, int Guests, int Peak, string LiveFor, string Spark, int Minute, int FiveMinutes, int? Burst, bool IsPinned);
}
