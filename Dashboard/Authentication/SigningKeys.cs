using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
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
        // The first key is created after the database, because keys without a database mean that it was lost.
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
            return Array.FindLast(keys, key => key.ActiveFrom <= now) ?? keys[0]; // the clock was set back before the first key
        }
    }

    public TokenKey? Find(string id) => Array.Find(Volatile.Read(ref _keys), key => key.Id == id)?.AccessTokens;

    /// <summary>Creates the next key when due and drops keys that no token needs.</summary>
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
                _file.Write(keys); // written before the first token that needs it
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
            key.VerifiesUntil = retiresAt + _lifetime + Ahead; // with a reserve, so that not every pass writes
            isChanged = true;
        }
        return isChanged;
    }

    private static DateTimeOffset Later(DateTimeOffset first, DateTimeOffset second) => first > second ? first : second;

    private static DateTimeOffset WholeSeconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
}

/// <summary>One of this server's own keys. Each purpose has a secret derived from it, so that none can be passed off for another.</summary>
internal sealed class SigningKey
{
    /// <summary>Begins the id of every key made here. Short, for the id travels with every heartbeat.</summary>
    public const string IdPrefix = "pd-";

    public const int SecretBytes = 32;

    private const int IdBytes = 4;

    public SigningKey(string id, DateTimeOffset activeFrom, DateTimeOffset verifiesUntil, byte[] secret)
    {
        Id = id;
        ActiveFrom = activeFrom;
        VerifiesUntil = verifiesUntil;
        Secret = secret;
        var accessTokens = Derive("access-token"u8);
        AccessTokens = new TokenKey(id, SecurityAlgorithms.HmacSha256, new SymmetricSecurityKey(accessTokens) { KeyId = id });
        AuthTokens = Derive("auth-token"u8);
    }

    public string Id { get; }

    /// <summary>It signs from then on, until a younger one does.</summary>
    public DateTimeOffset ActiveFrom { get; }

    /// <summary>No token it signed lives longer.</summary>
    public DateTimeOffset VerifiesUntil { get; set; }

    public byte[] Secret { get; }

    public TokenKey AccessTokens { get; }

    public byte[] AuthTokens { get; }

    public static SigningKey Make(DateTimeOffset activeFrom, DateTimeOffset verifiesUntil) => new(
        IdPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), activeFrom, verifiesUntil, RandomNumberGenerator.GetBytes(SecretBytes));

    private byte[] Derive(ReadOnlySpan<byte> purpose)
    {
        var derived = new byte[SecretBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Secret, derived, salt: [], info: purpose);
        return derived;
    }
}

/// <summary>Keeps the signing keys in one file, so that a change of them is whole or not at all: a line for each, oldest first.</summary>
internal sealed class SigningKeyFile(KeyFolder folder)
{
    private const string Name = "signing.keys";
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <exception cref="Engine.StartupException">The file is there and holds something else.</exception>
    public List<SigningKey> Read()
    {
        if (folder.Read(Name) is not { } text)
            return [];
        var keys = new List<SigningKey>();
        foreach (var line in text.Split('\n'))
            keys.Add(TryParse(line, out var key) ? key : throw folder.Damaged(Name));
        return keys;
    }

    public void Write(IEnumerable<SigningKey> keys) => folder.Write(Name, string.Join('\n', keys.Select(Line)));

    private static string Line(SigningKey key) => string.Join(' ', key.Id, Instant(key.ActiveFrom), Instant(key.VerifiesUntil), Convert.ToBase64String(key.Secret));

    private static string Instant(DateTimeOffset at) => at.ToString(InstantFormat, CultureInfo.InvariantCulture);

    private static bool TryParse(string line, [NotNullWhen(true)] out SigningKey? key)
    {
        key = null;
        if (line.TrimEnd('\r').Split(' ') is not [var id, var activeFrom, var verifiesUntil, var secret] || !id.StartsWith(SigningKey.IdPrefix, StringComparison.Ordinal))
            return false;
        var bytes = new byte[SigningKey.SecretBytes];
        if (!Convert.TryFromBase64String(secret, bytes, out var length) || length != bytes.Length || !TryRead(activeFrom, out var from) || !TryRead(verifiesUntil, out var until))
            return false;
        key = new SigningKey(id, from, until, bytes);
        return true;
    }

    private static bool TryRead(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
}
