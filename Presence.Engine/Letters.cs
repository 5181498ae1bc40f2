using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Presence.Engine;

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
