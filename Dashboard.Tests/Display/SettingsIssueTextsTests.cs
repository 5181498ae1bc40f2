using System.Globalization;
using Presence.Dashboard.Display;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Display;

/// <summary>Every finding of the rules has a sentence on pages, which holds the same values as the API's.</summary>
public sealed class SettingsIssueTextsTests
{
    [Fact]
    public void Text_OfEveryFinding_IsASentenceOfItsOwnWithAllItsValues()
    {
        var remarks = Issues();

        Assert.Equal(Enum.GetValues<SettingsIssueKind>(), remarks.Select(remark => remark.Finding).Order());
        Assert.Equal(remarks.Count, remarks.Select(WithoutValues).Distinct(StringComparer.Ordinal).Count());
        foreach (var remark in remarks)
        {
            foreach (var value in remark.Values)
            {
                Assert.Contains(Shown(value), SettingsIssueTexts.Text(remark), StringComparison.Ordinal);
                Assert.Contains(string.Format(CultureInfo.InvariantCulture, "{0}", value is TimeSpan time ? time.TotalSeconds : value), remark.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Text_OfATimeoutTooClose_SaysItAsThePageWritesTimes() => Assert.Equal(
        "The presence timeout (1 min) must be at least 5 s longer than the heartbeat interval (58 s). Raise the timeout to 1 min 3 s or more, or shorten the interval.",
        SettingsIssueTexts.Text(Assert.Single(PresenceSettingsRules.Problems(Settings(58, 60)))));

    private static string WithoutValues(SettingsIssue remark) =>
        remark.Values.Select(Shown).OrderByDescending(value => value.Length).Aggregate(SettingsIssueTexts.Text(remark), (text, value) => text.Replace(value, "#", StringComparison.Ordinal));

    private static string Shown(object value) => value is TimeSpan span ? Durations.Exact(span) : Numbers.Count((int)value);

    /// <summary>One remark of each finding, as the rules make them.</summary>
    private static List<SettingsIssue> Issues() =>
    [
        .. PresenceSettingsRules.Problems(Settings(700, 3_600)),
        .. PresenceSettingsRules.Problems(Settings(1, 4_000)),
        .. PresenceSettingsRules.Problems(Settings(58, 60)),
        .. PresenceSettingsRules.Problems(Settings(30, 90) with { ListLimit = 500 }),
        .. PresenceSettingsRules.Problems(Settings(30, 90) with { RoomHeartbeatsPerSecond = 200_000 }),
        .. RoomDefinitionRules.Problems(new RoomDefinition { Title = "" }),
        .. RoomDefinitionRules.Problems(new RoomDefinition { Status = (RoomStatus)9 }),
        new SettingsIssue(SettingsIssueKind.ReasonTooLong, "reason", 300, SettingsChange.LongestReason),
        .. PresenceSettingsRules.Warnings(Settings(40, 79)),
        .. PresenceSettingsRules.Warnings(Settings(15, 32)).Take(1),
        .. PresenceSettingsRules.Warnings(Settings(30, 62)),
        .. PresenceSettingsRules.Warnings(Settings(51, 200)),
    ];

    private static PresenceSettings Settings(int interval, int timeout) => PresenceSettings.Default with
    {
        HeartbeatInterval = TimeSpan.FromSeconds(interval),
        PresenceTimeout = TimeSpan.FromSeconds(timeout),
    };
}
