using System.Globalization;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Something that happened, at an instant of a chart.</summary>
/// <param name="Key">The same as long as it is the same event.</param>
/// <param name="Place">Where: 0 is the chart's left edge, 1 its right one.</param>
/// <param name="Name">A few words that stand in the chart.</param>
/// <param name="Text">What happened, in full.</param>
internal sealed record ChartMark(string Key, double Place, string Name, string Text)
{
    /// <summary>Viewers who come when a line begins are no surge.</summary>
    private static readonly TimeSpan Beginning = TimeSpan.FromMinutes(2);

    private const int MostSurges = 3;

    /// <summary>What the stylesheet colours it by: "good" or "bad"; null for what is neither.</summary>
    public string? Tone { get; init; }

    /// <summary>Whether its name has room beside those of the marks before it. Its line and the reading of its point are there in any case.</summary>
    public bool HasRoom { get; private init; }

    /// <summary>Whether the name stands to the left of it.</summary>
    public bool IsRight { get; private init; }

    public string Style => StyleOf(Place);

    public static string StyleOf(double place) => string.Create(CultureInfo.InvariantCulture, $"left: {100 * place:0.#}%");

    /// <summary>Marks from left to right. Names that would lie over others are left out.</summary>
    /// <param name="marks">In any order.</param>
    /// <param name="width">Of a name, as a fraction of the chart's.</param>
    public static ChartMark[] Spread(IEnumerable<ChartMark> marks, double width) => Spread(marks, _ => width);

    /// <summary>The same where each name has a width of its own.</summary>
    public static ChartMark[] Spread(IEnumerable<ChartMark> marks, Func<ChartMark, double> widthOf)
    {
        var free = 0d; // where the last name ends
        var spread = new List<ChartMark>();
        foreach (var mark in marks.OrderBy(mark => mark.Place))
        {
            var width = widthOf(mark);
            var isRight = mark.Place > 0.55;
            var begin = isRight ? mark.Place - width : mark.Place;
            var hasRoom = begin >= free;
            if (hasRoom)
                free = begin + width;
            spread.Add(mark with { HasRoom = hasRoom, IsRight = isRight });
        }
        return [.. spread];
    }

    /// <summary>The largest steps that are bursts (<see cref="BurstWindow"/>), as the point they lead to and the change.</summary>
    public static IEnumerable<(int Index, int Change)> Surges(IReadOnlyList<int?> viewers, TimeSpan step) => Enumerable.Range(0, viewers.Count)
        .SkipWhile(index => viewers[index] is null)
        .Skip(1 + (int)(Beginning / step))
        .Where(index => viewers[index - 1] is > 0 && viewers[index] is not null)
        .Select(index => (Index: index, Change: viewers[index]!.Value - viewers[index - 1]!.Value))
        .Where(surge => BurstWindow.IsBurst(surge.Change, viewers[surge.Index]!.Value))
        .OrderByDescending(surge => Math.Abs(surge.Change))
        .Take(MostSurges);
}

/// <summary>What happened in a room beside joins and leaves: settings saved for the network or the room, and surges of its viewers.</summary>
/// <param name="Key">The same as long as it is the same event.</param>
/// <param name="At">When.</param>
/// <param name="Name">A few words for the chart.</param>
/// <param name="Text">What happened, and by whom.</param>
internal sealed record RoomEvent(string Key, DateTimeOffset At, string Name, string Text)
{
    /// <summary>The minute in which viewers left; null for everything else.</summary>
    public HistorySpan? Fall { get; private init; }

    /// <summary>The events of the last hour, the latest first.</summary>
    public static RoomEvent[] Of(RoomHour hour) =>
        [.. hour.Changes.Select(Of).Concat(hour.Saves.Select(Of)).Concat(SurgesOf(hour.Trend)).OrderByDescending(happened => happened.At)];

    private static RoomEvent Of(SettingsHistoryEntry change)
    {
        var differences = SettingsDifferences.Between(change.Previous, change.Settings);
        return new(
            "network " + change.Settings.Version.ToString(CultureInfo.InvariantCulture),
            change.Settings.UpdatedAt,
            NameOf(differences),
            Sentence.With(RoomTexts.ChangeBy, Words(differences), change.Settings.UpdatedBy));
    }

    private static RoomEvent Of(RoomSave save)
    {
        var differences = SettingsDifferences.Between(save.Before, save.After);
        return new(
            "room " + save.Number.ToString(CultureInfo.InvariantCulture),
            save.At,
            NameOf(differences),
            Sentence.With(RoomTexts.ChangeByHere, Words(differences), save.By));
    }

    private static IEnumerable<RoomEvent> SurgesOf(RoomTrend trend) => ChartMark.Surges([.. trend.Hour.Select(viewers => (int?)viewers)], RoomTrend.HourStep).Select(surge =>
    {
        var at = trend.HourAt(surge.Index);
        var text = Sentence.With(OverviewTexts.Surge, Numbers.Change(surge.Change), Durations.Exact(RoomTrend.HourStep));
        return new RoomEvent(string.Create(CultureInfo.InvariantCulture, $"surge {at.UtcTicks / RoomTrend.HourStep.Ticks}"), at, Numbers.Change(surge.Change), text)
        {
            Fall = surge.Change < 0 ? new HistorySpan(trend.HourAt(surge.Index - 1), at) : null,
        };
    });

    private static string NameOf(IEnumerable<SettingsDifference> differences) =>
        differences.FirstOrDefault() is { } first ? first.Before is null ? first.After : $"{first.Before} → {first.After}" : "";

    private static string Words(IEnumerable<SettingsDifference> differences) => string.Join(", ", differences.Select(difference => difference.Before is null
        ? Sentence.With(RoomTexts.ChangeTo, difference.Name, difference.After)
        : Sentence.With(RoomTexts.ChangeToFrom, difference.Name, difference.Before, difference.After)));
}
