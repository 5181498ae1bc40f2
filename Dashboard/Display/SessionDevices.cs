using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>What a session runs on, in words.</summary>
internal static class SessionDevices
{
    /// <summary>"Pixel 9 · 4.2.0".</summary>
    public static string Text(SessionDevice device) => device switch
    {
        { Name: { } name, AppVersion: { } version } => name + " · " + version,
        { Name: { } name } => name,
        { AppVersion: { } version } => version,
        _ => RoomTexts.DeviceUnknown,
    };
}
