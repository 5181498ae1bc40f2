using Presence.Engine.Settings;

namespace Presence.Dashboard.Display;

/// <summary>What one version of the settings changed.</summary>
internal static class SettingsDifferences
{
    /// <summary>One line a changed setting; all of them for the first version.</summary>
    public static IReadOnlyList<SettingsDifference> Between(PresenceSettings? before, PresenceSettings after)
    {
        var differences = new List<SettingsDifference>();
        Add(SettingsTexts.Presence, settings => settings.Enabled ? SettingsTexts.On : SettingsTexts.Off);
        Add(SettingsTexts.Interval, settings => Durations.Exact(settings.HeartbeatInterval));
        Add(SettingsTexts.Timeout, settings => Durations.Exact(settings.PresenceTimeout));
        Add(SettingsTexts.ListCap, settings => Numbers.Count(settings.ListLimit));
        return differences;

        void Add(string name, Func<PresenceSettings, string> text)
        {
            var (old, current) = (before is null ? null : text(before), text(after));
            if (!string.Equals(old, current, StringComparison.Ordinal))
                differences.Add(new SettingsDifference(name, old, current));
        }
    }
}
