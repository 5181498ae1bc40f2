using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>A place in the list of rooms as opaque text. It names its order: used with another one it would skip rooms.</summary>
internal static class RoomCursorText
{
    public static string Write(RoomCursor cursor, RoomOrder order) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Mark(order)}{cursor.Viewers}:{cursor.RoomId}")));

    public static bool TryRead(string text, RoomOrder order, [NotNullWhen(true)] out RoomCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text))
            return false;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).AsSpan();
        var colon = plain.IndexOf(':');
        if (colon < 2 || plain[0] != Mark(order) || !int.TryParse(plain[1..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var viewers))
            return false;
        var roomId = plain[(colon + 1)..];
        if (PresenceIds.ProblemOfRoomId(roomId) is not null)
            return false;
        cursor = new RoomCursor(roomId.ToString(), viewers);
        return true;
    }

    private static char Mark(RoomOrder order) => order == RoomOrder.Count ? 'c' : 'n';
}
