using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components.Shared;

/// <summary>An interval and a timeout that go well together, in seconds.</summary>
internal sealed record SettingsPreset(string Name, string Explanation, int Interval, int Timeout)
{
    public static IReadOnlyList<SettingsPreset> All { get; } =
    [
        new(SettingsTexts.Compatible, SettingsTexts.CompatibleIs, 30, 60),
        new(SettingsTexts.Steady, SettingsTexts.SteadyIs, 30, 90),
        new(SettingsTexts.Light, SettingsTexts.LightIs, 60, 150),
    ];

    /// <summary>The preset that a draft equals. Null for other values.</summary>
    public static SettingsPreset? Of(SettingsDraft draft) =>
        All.FirstOrDefault(preset => (draft.HeartbeatIntervalSeconds, draft.PresenceTimeoutSeconds) == (preset.Interval, preset.Timeout));
}
