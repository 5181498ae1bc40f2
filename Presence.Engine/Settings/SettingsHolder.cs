namespace Presence.Engine.Settings;

/// <summary>The one place that holds the settings in force. They are swapped whole; a reader sees the old or the new, never a mix.</summary>
internal sealed class SettingsHolder(PresenceSettings settings)
{
    private volatile PresenceSettings _current = settings;

    public PresenceSettings Current
    {
        get => _current;
        set => _current = value;
    }
}
