using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>
/// The server's own signing keys, which follow each other: one signs for <see cref="Term"/>, the next is in the file
/// <see cref="Ahead"/> before it begins, and each is kept until the last token it signed has expired.
/// </summary>
/// <remarks>
/// Bounded by the lifetime of tokens: 400 days at most, so never more than 17 keys. Read without a lock; the list is
/// swapped whole.
/// </remarks>
internal sealed class SigningKeys
{
    public static readonly TimeSpan Term = TimeSpan.FromDays(30);
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    private readonly Lock _turning = new();
    private readonly SigningKeyFile _file;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lifetime;
    private SigningKey[] _keys;

    public SigningKeys(SigningKeyFile file, DashboardOptions options, TimeProvider time)
    {
        _file = file;
        _time = time;
        _lifetime = options.Clients.TokenLifetime;
        _keys = [.. file.Read().OrderBy(key => key.ActiveFrom)];
        // The first is made once there is a database: keys without one are a sign that it was lost.
        if (_keys.Length > 0)
            Turn();
    }

    /// <summary>All that are kept, oldest first.</summary>
    public IReadOnlyList<SigningKey> All => Made();

    /// <summary>The one that signs now.</summary>
    public SigningKey Current
    {
        get
        {
            var keys = Made();
            var now = _time.GetUtcNow();
            return Array.FindLast(keys, key => key.ActiveFrom <= now) ?? keys[0]; // the clock was set back to before the first one
        }
    }

    public TokenKey? Find(string id) => Array.Find(Volatile.Read(ref _keys), key => key.Id == id)?.AccessTokens;

    /// <summary>Makes the next key when it is time and drops those nobody's token needs any more.</summary>
    public void Turn()
    {
        lock (_turning)
        {
            var now = WholeSeconds(_time.GetUtcNow());
            List<SigningKey> keys = [.. _keys];
            if (keys.Count == 0)
                keys.Add(SigningKey.Make(now, now));
            else if (now >= keys[^1].ActiveFrom + Term - Ahead)
                keys.Add(SigningKey.Make(Later(keys[^1].ActiveFrom + Term, now + Ahead), now));

            var isChanged = keys.Count != _keys.Length | Promise(keys, now);
            var spent = keys.Where(key => key.VerifiesUntil <= now).ToArray();
            keys.RemoveAll(key => key.VerifiesUntil <= now);
            if (isChanged || spent.Length > 0)
                _file.Write(keys); // before the first token that needs it
            Volatile.Write(ref _keys, [.. keys]);
            foreach (var key in spent)
                key.AccessTokens.Withdraw();
        }
    }

    private SigningKey[] Made()
    {
        if (Volatile.Read(ref _keys).Length == 0)
            Turn();
        return Volatile.Read(ref _keys);
    }

    /// <summary>Keeps every key that signs or will sign for as long as its last token can live; true when a promise grew.</summary>
    private bool Promise(List<SigningKey> keys, DateTimeOffset now)
    {
        var isChanged = false;
        for (var i = 0; i < keys.Count; i++)
        {
            var key = keys[i];
            var retiresAt = i + 1 < keys.Count ? keys[i + 1].ActiveFrom : Later(key.ActiveFrom + Term, now + Ahead);
            if (retiresAt <= now || key.VerifiesUntil >= retiresAt + _lifetime)
                continue;
            key.VerifiesUntil = retiresAt + _lifetime + Ahead; // some more: not every pass is to write
            isChanged = true;
        }
        return isChanged;
    }

    private static DateTimeOffset Later(DateTimeOffset first, DateTimeOffset second) => first > second ? first : second;

    private static DateTimeOffset WholeSeconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
}
