namespace Presence.Engine.Settings;

/// <summary>Where an effective value comes from.</summary>
public enum SettingsSource : byte
{
    /// <summary>The network's settings.</summary>
    Network = 0,

    /// <summary>The room's override.</summary>
    Room = 1,

    /// <summary>Rule 5: the network's and the room's values do not go together, and the timeout was raised to interval + 5 s.</summary>
    Rule = 2,
}
