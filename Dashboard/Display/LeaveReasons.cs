using Presence.Engine.Changes;

namespace Presence.Dashboard.Display;

/// <summary>Why a viewer is gone, in words.</summary>
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
