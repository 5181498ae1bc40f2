using System.Buffers.Binary;
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

/// <summary>How names and titles are searched and put in order: by their letters, whatever their case, accents or composition.</summary>
/// <remarks>
/// One order for all readers, that of Unicode without a language, so that a cursor means the same to everybody. Keys change
/// with the version of the collation data: they stay in memory, and never go into a cursor or onto the disk.
/// </remarks>
internal static class Letters
{
    private const char Replacement = '\uFFFD';
    private const int FirstKanaMark = '\u3099';
    private const int LastKanaMark = '\u309A';

    /// <summary>Most names fit; the key of a longer text is measured first.</summary>
    private const int MostLettersOfAFirstKey = 20;
    private const int FirstKeyBytes = 2_048;

    /// <summary>The end of the Latin letters that are one character each.</summary>
    private const char LastLatin = '\u024F';

    /// <summary>What each of them folds to: in nearly all names with accents there are no others, and a look-up is twenty times as fast.</summary>
    private static readonly string[] Latin = [.. Enumerable.Range(0, LastLatin + 1).Select(letter => FoldAny(((char)letter).ToString()))];

    private static readonly CompareInfo Order = CultureInfo.InvariantCulture.CompareInfo;

    /// <summary>A text in which everything that looks for "jose" finds "José".</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        return text.AsSpan().ContainsAnyExceptInRange('\0', LastLatin) ? FoldAny(text) : string.Concat(text.Select(letter => Latin[letter]));
    }

    private static string FoldAny(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in Whole(text).Normalize(NormalizationForm.FormKD).EnumerateRunes())
            AppendFolded(folded, rune);
        return folded.ToString().Normalize(NormalizationForm.FormC); // composes Hangul syllables and kana again
    }

    /// <summary>Whether a text contains what <see cref="Fold"/> made of a search.</summary>
    public static bool Contains(string text, string foldedSearch) =>
        Ascii.IsValid(text)
            ? text.Contains(foldedSearch, StringComparison.OrdinalIgnoreCase)
            : Fold(text).Contains(foldedSearch, StringComparison.Ordinal);

    /// <summary>Bytes that are in the order of the texts.</summary>
    public static byte[] KeyOf(string text)
    {
        text = Whole(text);
        Span<byte> key = text.Length <= MostLettersOfAFirstKey ? stackalloc byte[FirstKeyBytes] : new byte[Order.GetSortKeyLength(text)];
        return key[..Order.GetSortKey(text, key)].ToArray();
    }

    /// <summary>The first bytes of a key as a number in the same order.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    /// <summary>The text without halves of characters, which cannot be normalised and do not survive being sent.</summary>
    public static string Whole(string text)
    {
        var broken = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 || text.Contains('\uFFFE', StringComparison.Ordinal);
        if (!broken)
            return text;
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // replaces a lone surrogate
            whole.Append(rune.Value == '\uFFFE' ? new Rune(Replacement) : rune);
        return whole.ToString();
    }

    private static void AppendFolded(StringBuilder folded, Rune rune)
    {
        var isMark = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;
        if (isMark && rune.Value is not (>= FirstKanaMark and <= LastKanaMark)) // kana marks change the letter, so they stay
            return;
        var lower = Rune.ToLowerInvariant(rune);
        // These look accented but have no decomposition.
        _ = lower.Value switch
        {
            'ø' => folded.Append('o'),
            'ł' => folded.Append('l'),
            'đ' or 'ð' => folded.Append('d'),
            'ħ' => folded.Append('h'),
            'ı' => folded.Append('i'),
            'ŧ' => folded.Append('t'),
            'ß' => folded.Append("ss"),
            'æ' => folded.Append("ae"),
            'œ' => folded.Append("oe"),
            'þ' => folded.Append("th"),
            'ς' => folded.Append('σ'),
            _ => folded.Append(lower),
        };
    }
}

/// <summary>What something is called in lists: what a search looks into and an order goes by, each made when first needed and kept.</summary>
/// <remarks><b>Threads.</b> Any; two that make the same at once make equal things.</remarks>
internal class ListedName(string text)
{
    private byte[]? _key;
    private ulong _prefix;

    /// <summary>The name as it is shown.</summary>
    public string Text { get; } = text;

    /// <summary>The name as searches compare it.</summary>
    public string Folded => field ??= Letters.Fold(Text);

    /// <summary>The key's first bytes: what most comparisons are decided by.</summary>
    public ulong Prefix
    {
        get
        {
            _ = Key;
            return _prefix;
        }
    }

    /// <summary>Bytes that are in the order of names.</summary>
    public byte[] Key
    {
        get
        {
            if (Volatile.Read(ref _key) is { } known)
                return known;
            var key = Letters.KeyOf(Text);
            _prefix = Letters.PrefixOf(key);
            Volatile.Write(ref _key, key); // published last: a reader takes the rest with it
            return key;
        }
    }

    /// <summary>By letters; names that differ in nothing a reader sees are equal.</summary>
    public static int Compare(ListedName left, ListedName right)
    {
        var byPrefix = left.Prefix.CompareTo(right.Prefix);
        return byPrefix != 0 ? byPrefix : left.Key.AsSpan().SequenceCompareTo(right.Key);
    }
}
