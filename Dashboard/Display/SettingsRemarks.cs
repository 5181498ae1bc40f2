using Presence.Engine.Settings;

namespace Presence.Dashboard.Display;

/// <summary>Words what the rules say about settings; the API has sentences of its own.</summary>
internal static class SettingsRemarks
{
    public static string Text(SettingsRemark remark) =>
        Sentence.With(PatternOf(remark.Finding), [.. remark.Values.Select(value => value is TimeSpan span ? Durations.Exact(span) : (object)Numbers.Count((int)value))]);

    private static string PatternOf(SettingsFinding finding) => finding switch
    {
        SettingsFinding.IntervalOutOfRange => SettingsTexts.RemarkInterval,
        SettingsFinding.TimeoutOutOfRange => SettingsTexts.RemarkTimeout,
        SettingsFinding.TimeoutTooClose => SettingsTexts.RemarkTooClose,
        SettingsFinding.ListLimitOutOfRange => SettingsTexts.RemarkListCap,
        SettingsFinding.TitleRefused => SettingsTexts.RemarkTitle,
        SettingsFinding.StatusUnknown => SettingsTexts.RemarkStatus,
        SettingsFinding.ReasonTooLong => SettingsTexts.RemarkReason,
        SettingsFinding.NoHeartbeatMayBeLost => SettingsTexts.RemarkNoneMayBeLost,
        SettingsFinding.PublishedClientsFlicker => SettingsTexts.RemarkPublishedClients,
        SettingsFinding.HiddenTabsFlicker => SettingsTexts.RemarkHiddenTabs,
        _ => SettingsTexts.RemarkUnexpected,
    };
}
