namespace Presence.Client;

/// <summary>Tells a new state.</summary>
/// <param name="state">How presence stands now.</param>
public sealed class PresenceStateChangedEventArgs(PresenceState state) : EventArgs
{
    /// <summary>How presence stands now.</summary>
    public PresenceState State { get; } = state;
}
