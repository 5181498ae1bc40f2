using System.Globalization;
using System.Text;

namespace Presence.Engine;

/// <summary>
/// Texts that users chose, as they may be shown: without what does not show itself and changes how its surroundings read.
/// All names and ids on pages, downloads, badges and labels go through here. Pure.
/// </summary>
public static class VisibleText
{
    private const int ZeroWidthJoiner = 0x200D;
    private const int EnclosingKeycap = 0x20E3;

    /// <summary>Real scripts stay below; a tower of accents would cover the lines above.</summary>
    private const int MostMarks = 4;

    private const char FirstStrongIsolate = '\u2068';
    private const char PopDirectionalIsolate = '\u2069';

    /// <summary>A name as it is shown; null when nothing of it shows.</summary>
    /// <remarks>
    /// Control, direction and zero-width characters, fillers, tags and variation selectors go; runs of spaces are one. A joiner
    /// between two pictures stays, and a selector behind what it varies: they make one picture or character of several.
    /// </remarks>
    public static string? NameOf(string? text)
    {
        if (text is null || IsPlain(text))
            return string.IsNullOrEmpty(text) ? null : text;

        var runes = text.EnumerateRunes().ToArray();
        var shown = new StringBuilder(text.Length);
        Rune? before = null; // the last one kept
        var marks = 0;
        for (var i = 0; i < runes.Length; i++)
        {
            var (rune, next) = (runes[i], i + 1 < runes.Length ? runes[i + 1] : default);
            if (IsSpace(rune))
            {
                if (before is { } last && last.Value != ' ')
                    Keep(new Rune(' '));
            }
            else if (IsMark(rune))
            {
                if (before is { } last && last.Value != ' ' && marks < MostMarks)
                {
                    Keep(rune);
                    marks++;
                }
            }
            else if (!IsHidden(rune) || Varies(before, rune, next))
            {
                Keep(rune);
                marks = 0;
            }
        }
        var name = shown.ToString().TrimEnd();
        return name.Length == 0 ? null : name;

        void Keep(Rune rune)
        {
            shown.Append(rune);
            before = rune;
        }
    }

    /// <summary>An id as it is shown: in full, because every character counts. Invisible characters are shown as their code point.</summary>
    public static string IdOf(string id)
    {
        if (IsPlain(id))
            return id;
        var shown = new StringBuilder(id.Length);
        foreach (var rune in id.EnumerateRunes())
        {
            if (IsHidden(rune) || (IsSpace(rune) && rune.Value != ' ') || (IsMark(rune) && shown.Length == 0))
                shown.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            else
                shown.Append(rune);
        }
        return string.IsNullOrWhiteSpace(id) ? shown.Replace(" ", "[U+0020]").ToString() : shown.ToString();
    }

    /// <summary>A name inside a sentence, a label or a title, where no <c>bdi</c> can stand: one that runs from right to left keeps to itself.</summary>
    public static string Isolated(string name) =>
        name.EnumerateRunes().Any(IsRightToLeft) ? $"{FirstStrongIsolate}{name}{PopDirectionalIsolate}" : name;

    /// <summary>Nearly all names, those with accented Latin letters among them: nothing in them has to be looked at twice.</summary>
    private static bool IsPlain(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is (< '!' or > '~') and not (>= '\u00C0' and <= '\u024F') && !(text[i] == ' ' && i > 0 && i < text.Length - 1 && text[i - 1] != ' '))
                return false;
        }
        return true;
    }

    private static bool IsSpace(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark && !IsHidden(rune) && rune.Value != EnclosingKeycap;

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate => true,
        _ => rune.Value is
            0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065 or 0x2800 or 0x3164 or 0xFFA0
            or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF0 and <= 0xFFF8) or 0x13441 or 0x13442 or 0x16FE4 or 0x1D159 or (>= 0xE0000 and <= 0xE0FFF),
    };

    /// <summary>Whether a character that does not show makes one picture or letter of what stands around it.</summary>
    private static bool Varies(Rune? before, Rune rune, Rune next) => before is { } shown && rune.Value switch
    {
        ZeroWidthJoiner => (IsPicture(shown) || IsSelector(shown)) && IsPicture(next),
        0xFE0E or 0xFE0F => IsPicture(shown) || next.Value == EnclosingKeycap,
        >= 0xE0100 and <= 0xE01EF => Rune.GetUnicodeCategory(shown) == UnicodeCategory.OtherLetter,
        _ => false,
    };

    private static bool IsSelector(Rune rune) => rune.Value is 0xFE0E or 0xFE0F;

    private static bool IsPicture(Rune rune) => rune.Value is >= 0x1F3FB and <= 0x1F3FF || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol && !IsHidden(rune));

    private static bool IsRightToLeft(Rune rune) =>
        rune.Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF) or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);
}
