namespace Presence.Engine.Users;

/// <summary>What a user is called in lists: what a search looks into and an order goes by, each made when first needed and kept.</summary>
/// <remarks>
/// <para><b>Threads.</b> Any; two that make the same at once make equal things.</para>
/// <para><b>Bound.</b> One a present user, of those in a room that was searched or put in order by name.</para>
/// </remarks>
internal sealed class UserName(UserProfile? profile, string userId)
{
    private byte[]? _key;
    private ulong _prefix;

    /// <summary>How the user is shown beyond its name; null when nothing is known.</summary>
    public UserProfile? Profile { get; } = profile;

    /// <summary>The display name, or the id where there is none.</summary>
    public string Text => Profile?.DisplayName ?? userId;

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
    public static int Compare(UserName left, UserName right)
    {
        var byPrefix = left.Prefix.CompareTo(right.Prefix);
        return byPrefix != 0 ? byPrefix : left.Key.AsSpan().SequenceCompareTo(right.Key);
    }
}
