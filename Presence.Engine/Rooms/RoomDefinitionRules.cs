using Presence.Engine.Settings;

namespace Presence.Engine.Rooms;

/// <summary>Which definitions of a room are valid. Pure.</summary>
public static class RoomDefinitionRules
{
    public const int LongestTitle = 100;

    /// <summary>What forbids a definition; empty when it may be saved. An override on its own is held against its range alone: where it does not go with the network's values, the timeout in force is raised.</summary>
    public static IReadOnlyList<SettingsRemark> Problems(RoomDefinition definition)
    {
        var problems = new List<SettingsRemark>();
        if (definition.Title is { } title && (title.Length is 0 or > LongestTitle || title.Any(char.IsControl)))
            problems.Add(new(SettingsFinding.TitleRefused, "title", LongestTitle));
        if (definition.Status is not (RoomStatus.Live or RoomStatus.Ended))
            problems.Add(new(SettingsFinding.StatusUnknown, "status"));

        var overrides = definition.Overrides;
        // The longest timeout fits every interval that is in range. What is not overridden cannot be what is wrong.
        var settings = PresenceSettings.Default with
        {
            HeartbeatInterval = overrides.HeartbeatInterval ?? PresenceSettingsRules.ShortestInterval,
            PresenceTimeout = overrides.PresenceTimeout ?? PresenceSettingsRules.LongestTimeout,
        };
        problems.AddRange(PresenceSettingsRules.Problems(settings)
            .Where(problem => problem.Field != PresenceSettingsRules.Timeout || overrides.PresenceTimeout is not null)
            .DistinctBy(problem => problem.Field));
        return problems;
    }
}
