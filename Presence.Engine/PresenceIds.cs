using System.Buffers;

namespace Presence.Engine;

/// <summary>What a room, user or session id may look like. Source: wire.md A0.</summary>
public static class PresenceIds
{
    public const int LongestRoomId = 128;
    public const int LongestUserId = 50;
    public const int LongestSessionId = 150;

    /// <summary>The id of the canary's room and of its viewer. No client can name it, because ids have no control characters.</summary>
    public const string CanaryRoom = "\u0001canary";

    private static readonly SearchValues<char> ForbiddenInRoomId = SearchValues.Create(@"/\?#%");

    /// <summary>Says what is wrong with a room id; null when it may be used. 1..128 characters, none of control, <c>/ \ ? # %</c>, not <c>.</c> or <c>..</c>.</summary>
    public static string? ProblemOfRoomId(ReadOnlySpan<char> roomId) => ProblemOfPathText("roomId", roomId);

    /// <summary>Says what is wrong with a channel id; null when it may be used. The rule of room ids.</summary>
    public static string? ProblemOfChannelId(ReadOnlySpan<char> channelId) => ProblemOfPathText("channelId", channelId);

    /// <summary>Says what is wrong with the beginning of room ids; null when it may be used. As a room id, but for <c>.</c> and <c>..</c>: <c>.hidden</c> is a room.</summary>
    public static string? ProblemOfRoomPrefix(ReadOnlySpan<char> prefix) => IsDotSegment(prefix) ? null : ProblemOfRoomId(prefix);

    /// <summary>Says what is wrong with a user id; null when it may be used. 1..50 characters, no control characters, not <c>.</c> or <c>..</c>.</summary>
    public static string? ProblemOfUserId(ReadOnlySpan<char> userId) => ProblemOfText("userId", userId, LongestUserId) ?? ProblemOfDotSegment("userId", userId);

    /// <summary>Says what is wrong with a session id; null when it may be used. 1..150 characters, no control characters.</summary>
    public static string? ProblemOfSessionId(ReadOnlySpan<char> sessionId) => ProblemOfText("sessionId", sessionId, LongestSessionId);

    /// <summary>Ids that stand in addresses as they are: published clients do not encode them.</summary>
    private static string? ProblemOfPathText(string field, ReadOnlySpan<char> id)
    {
        if ((ProblemOfText(field, id, LongestRoomId) ?? ProblemOfDotSegment(field, id)) is { } problem)
            return problem;
        return id.ContainsAny(ForbiddenInRoomId) ? $@"{field} must not contain / \ ? # or %." : null;
    }

    /// <summary>Clients, browsers, proxies and servers remove these from a path, so that an address with such an id means something else.</summary>
    private static string? ProblemOfDotSegment(string field, ReadOnlySpan<char> id) =>
        IsDotSegment(id) ? $"{field} must not be . or .., which can't be part of a URL. Choose another id." : null;

    private static bool IsDotSegment(ReadOnlySpan<char> id) => id is "." or "..";

    private static string? ProblemOfText(string field, ReadOnlySpan<char> text, int longest)
    {
        if (text.IsEmpty || text.Length > longest)
            return $"{field} must have 1 to {longest} characters, not {text.Length}.";

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
                return $"{field} must not contain control characters.";
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
                return $"{field} must be well-formed Unicode text.";
        }
        return null;
    }
}

/// <summary>How ids are compared: always ordinal, named by concept in one place.</summary>
public static class PresenceComparers
{
    public static readonly StringComparer RoomId = StringComparer.Ordinal;
    public static readonly StringComparer UserId = StringComparer.Ordinal;
    public static readonly StringComparer ChannelId = StringComparer.Ordinal;
    public static readonly StringComparer SessionId = StringComparer.Ordinal;
}
