namespace Presence.Engine;

/// <summary>How ids are compared: always ordinal, named by concept in one place.</summary>
public static class PresenceComparers
{
    public static readonly StringComparer RoomId = StringComparer.Ordinal;
    public static readonly StringComparer UserId = StringComparer.Ordinal;
    public static readonly StringComparer ChannelId = StringComparer.Ordinal;
    public static readonly StringComparer SessionId = StringComparer.Ordinal;
}
