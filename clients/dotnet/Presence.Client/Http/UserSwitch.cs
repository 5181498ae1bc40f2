namespace Presence.Client.Http;

/// <summary>A user's own switch, as it is sent.</summary>
internal sealed class UserSwitch
{
    public bool Enabled { get; init; }
}
