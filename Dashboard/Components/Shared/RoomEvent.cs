using System.Globalization;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

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
