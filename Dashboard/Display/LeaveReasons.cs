using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>Why a viewer left, in words.</summary>
internal static class LeaveReasons
{
    public static string Text(LeaveReason reason) => reason switch
    {
        LeaveReason.Timeout => RoomTexts.ReasonTimeout,
        LeaveReason.Disabled => RoomTexts.ReasonDisabled,
        LeaveReason.Removed => RoomTexts.ReasonRemoved,
        LeaveReason.Ended => RoomTexts.ReasonEnded,
        _ => RoomTexts.ReasonLeft,
    };
}

/// <summary>What a session runs on, in words.</summary>
internal static class SessionDevices
{
    /// <summary>"Pixel 9 · 4.2.0".</summary>
    public static string Text(SessionDevice device) => (VisibleText.NameOf(device.Name), VisibleText.NameOf(device.AppVersion)) switch
    {
        ({ } name, { } version) => name + " · " + version,
        ({ } name, null) => name,
        (null, { } version) => version,
        _ => RoomTexts.DeviceUnknown,
    };

    /// <summary>What tells the session from others of its user.</summary>
    public static string Session(string sessionId) => sessionId.Length == 0 ? RoomTexts.DefaultSession : VisibleText.IdOf(sessionId);
}
