using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Live;

/// <summary>What settings mean for those who are present. Pure.</summary>
/// <param name="HeartbeatsPerSecond">What the sessions present send, once all of them keep the interval.</param>
/// <param name="MayBeLost">Heartbeats that may be lost in a row before a viewer is gone.</param>
/// <param name="KeepsHiddenTabs">Whether tabs in the background stay, which wake about once a minute.</param>
/// <param name="KeepsPublishedClients">Whether clients stay that send a heartbeat every 30 s whatever they are told.</param>
internal sealed record SettingsImpact(double HeartbeatsPerSecond, int MayBeLost, bool KeepsHiddenTabs, bool KeepsPublishedClients)
{
    public static SettingsImpact Of(PresenceSettings settings, NetworkCount network) => new(
        settings.Enabled ? network.Sessions / settings.HeartbeatInterval.TotalSeconds : 0,
        // The next one after so many lost still comes in time: clients come up to a tenth early, never late.
        Math.Max(0, (int)(settings.PresenceTimeout / settings.HeartbeatInterval) - 1),
        settings.PresenceTimeout >= PresenceSettingsRules.HiddenTabTimeout,
        settings.PresenceTimeout > PresenceSettingsRules.PublishedClientTimeout);
}
