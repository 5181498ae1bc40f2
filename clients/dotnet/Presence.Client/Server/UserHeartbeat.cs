namespace Presence.Client.Server;

/// <summary>One heartbeat for a user.</summary>
/// <param name="roomId">The room.</param>
/// <param name="userId">Who watches.</param>
public sealed class UserHeartbeat(string roomId, string userId)
{
    /// <summary>The room.</summary>
    public string RoomId { get; } = roomId;

    /// <summary>Who watches.</summary>
    public string UserId { get; } = userId;

    /// <summary>Tells the user's sessions apart; one for all unless said.</summary>
    public string? SessionId { get; set; }

    /// <summary>What the viewer does; visible unless said.</summary>
    public ViewerState State { get; set; }

    /// <summary>What the viewer watches on, for moderators.</summary>
    public string? Device { get; set; }

    /// <summary>The app's version, for moderators.</summary>
    public string? AppVersion { get; set; }
}
