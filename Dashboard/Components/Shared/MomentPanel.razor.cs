using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Users;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Who was in a room at an instant between two, chosen with a slider, step by step or by its clock; and what changed until a second one.</summary>
/// <remarks>Read a fifth of a second after the last move: a slider moves many times a second.</remarks>
public sealed partial class MomentPanel : IDisposable
{
    private const int First = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly LatestReading<Shown> _latest = new();
    private (string RoomId, DateTimeOffset? At) _asked;
    private DateTimeOffset _at;
    private DateTimeOffset? _other;
    private int _take = First;

    [Parameter, EditorRequired]
    public string RoomId { get; set; } = "";

    /// <summary>The earliest instant there is to choose.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset From { get; set; }

    /// <summary>The latest one.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset Until { get; set; }

    /// <summary>The instant that was asked for; null begins with the latest.</summary>
    [Parameter]
    public DateTimeOffset? At { get; set; }

    /// <summary>Another instant was chosen, and read.</summary>
    [Parameter]
    public EventCallback<DateTimeOffset> OnMove { get; set; }

    [Inject]
    private HistoryReads History { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    /// <summary>Fine enough for the length there is.</summary>
    private TimeSpan Step => Until - From <= TimeSpan.FromHours(4) ? TimeSpan.FromSeconds(15) : TimeSpan.FromMinutes(1);

    private int Steps => (int)Math.Ceiling((Until - From) / Step);

    protected override Task OnParametersSetAsync()
    {
        if (_asked == (RoomId, At) && _at != default)
            return Task.CompletedTask;
        var isAnother = _asked.RoomId != RoomId;
        _asked = (RoomId, At);
        var at = Clamp(At ?? Until);
        if (!isAnother && at == _at)
            return Task.CompletedTask; // the address follows what was chosen here
        _at = at;
        return ReadAsync();
    }

    public void Dispose() => _latest.Dispose();

    private DateTimeOffset Clamp(DateTimeOffset at) => at < From ? From : at > Until ? Until : at;

    private int StepOf(DateTimeOffset at) => (int)Math.Round((at - From) / Step);

    private string TimeText(DateTimeOffset at) => LocalTime.Second(at);

    private string ClockOf(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, LocalTime.Zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private Task ScrubAsync(ChangeEventArgs change, bool isOther) =>
        int.TryParse(change.Value as string, NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? MoveAsync(From + (step * Step), isOther) : Task.CompletedTask;

    private Task TypeAsync(ChangeEventArgs change, bool isOther) =>
        TimeOnly.TryParse(change.Value as string, CultureInfo.InvariantCulture, out var clock) ? MoveAsync(LocalTime.Next(From, clock), isOther) : Task.CompletedTask;

    private Task MoveAsync(DateTimeOffset at, bool isOther)
    {
        if (isOther)
            _other = Clamp(at);
        else
            _at = Clamp(at);
        _take = First;
        return ReadAsync();
    }

    private Task ToggleAsync()
    {
        _other = _other is null ? Clamp(_at + TimeSpan.FromMinutes(5)) : null;
        return ReadAsync();
    }

    private Task ShowMoreAsync()
    {
        _take = PresenceLimits.Page;
        return ReadAsync();
    }

    private async Task ReadAsync()
    {
        var isFirst = _latest is { Value: null, IsReading: false, HasFailed: false };
        var (at, other) = (_at, _other);
        if (await _latest.ReadAsync(token => ReadAsync(at, other, isFirst ? TimeSpan.Zero : Pause, token), Failures, "Who was in a room couldn't be read.") && !isFirst)
            await OnMove.InvokeAsync(at);
    }

    private async Task<Shown> ReadAsync(DateTimeOffset at, DateTimeOffset? other, TimeSpan pause, CancellationToken token)
    {
        await Task.Delay(pause, Time, token);
        RoomMoment? moment = null;
        MomentComparison? comparison = null;
        if (other is { } second)
            comparison = await History.ReadAsync(RoomId, history => history.CompareMomentsAsync(RoomId, at < second ? at : second, at < second ? second : at, PresenceLimits.Page, token));
        else
            moment = await History.ReadAsync(RoomId, history => history.ReadMomentAsync(RoomId, at, 0, _take, token));
        return new Shown(moment, comparison, await History.ProfilesOfAsync([.. moment?.Page ?? [], .. comparison?.Gone ?? [], .. comparison?.Came ?? []], token));
    }

    private string StayOf(Visit visit) => visit.Reason == LeaveReason.None
        ? Sentence.With(HistoryTexts.StayOn, LocalTime.Clock(visit.JoinedAt, _at))
        : Sentence.With(HistoryTexts.Stay, LocalTime.Clock(visit.JoinedAt, _at), LocalTime.Clock(visit.LeftAt, visit.JoinedAt), LeaveReasons.Text(visit.Reason));

    /// <summary>One of the first two is there.</summary>
    private sealed record Shown(RoomMoment? Moment, MomentComparison? Comparison, IReadOnlyDictionary<string, UserProfile> Profiles);
}
