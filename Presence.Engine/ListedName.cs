namespace Presence.Engine;

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
            Volatile.Write(ref _key, key); // after what a reader takes with it
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
