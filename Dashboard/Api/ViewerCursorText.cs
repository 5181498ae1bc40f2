using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>A place in a list of viewers as opaque text. It names its order: used with another one it would skip viewers.</summary>
internal static class ViewerCursorText
{
    private const int RunLength = 32;

    public static string Write(ViewerCursor cursor, ViewerSort sort) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{Mark(sort)}{cursor.Run:N}{cursor.JoinedAt}:{cursor.UserId.Length}:{cursor.UserId}{cursor.Name}")));

    public static bool TryRead(string text, ViewerSort sort, [NotNullWhen(true)] out ViewerCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text))
            return false;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).AsSpan();
        if (plain.Length < RunLength + 1 || plain[0] != Mark(sort) || !Guid.TryParseExact(plain.Slice(1, RunLength), "N", out var run))
            return false;

        plain = plain[(RunLength + 1)..];
        if (!TryTake(ref plain, out var joinedAt) || !TryTake(ref plain, out var idLength) || idLength < 1 || idLength > plain.Length)
            return false;
        cursor = new ViewerCursor(run, joinedAt, plain[(int)idLength..].ToString(), plain[..(int)idLength].ToString());
        return true;
    }

    /// <summary>Takes a number and the colon behind it.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        var colon = text.IndexOf(':');
        if (colon < 1 || !long.TryParse(text[..colon], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            return false;
        text = text[(colon + 1)..];
        return true;
    }

    private static char Mark(ViewerSort sort) => sort switch
    {
        ViewerSort.FirstJoinedFirst => 'f',
        ViewerSort.LastJoinedFirst => 'l',
        _ => 'n',
    };
}
