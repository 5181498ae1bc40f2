using System.Globalization;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Display;

/// <summary>What one version of the settings changed.</summary>
internal static class SettingsDifferences
{
    /// <summary>One line a changed setting; all of them for the first version.</summary>
    public static IReadOnlyList<SettingsDifference> Between(PresenceSettings? before, PresenceSettings after)
    {
        var differences = new List<SettingsDifference>();
        Add("Presence", settings => settings.Enabled ? "on" : "off");
        Add("Heartbeat interval", settings => Durations.Exact(settings.HeartbeatInterval));
        Add("Presence timeout", settings => Durations.Exact(settings.PresenceTimeout));
        Add("List cap", settings => settings.ListLimit.ToString(CultureInfo.InvariantCulture));
        return differences;

        void Add(string name, Func<PresenceSettings, string> text)
        {
            var (old, current) = (before is null ? null : text(before), text(after));
            if (!string.Equals(old, current, StringComparison.Ordinal))
                differences.Add(new SettingsDifference(name, old, current));
        }
    }
}
