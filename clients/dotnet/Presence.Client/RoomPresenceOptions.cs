namespace Presence.Client;

/// <summary>Which room, on which server, and who the viewer is.</summary>
public sealed class RoomPresenceOptions : PresenceOptions
{
    /// <summary>The room, 1 to 128 characters, none of them a control character or one of <c>/ \ ? # %</c>. Required.</summary>
    public string? RoomId { get; set; }

    /// <summary>What the viewer watches on, for moderators; up to 300 characters.</summary>
    public string? Device { get; set; }

    /// <summary>The app's version, for moderators; up to 30 characters.</summary>
    public string? AppVersion { get; set; }
}
