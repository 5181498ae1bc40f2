using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Hosting;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication;

/// <summary>The keys of the customer's backend: those made here, and the one of the configuration, which may do everything.</summary>
/// <remarks>Every request looks its key up in memory, so that a key made, revoked or expired is so with the next request.</remarks>
internal sealed class ServerKeys(DashboardOptions options, ServerKeyStore store, TimeProvider time) : IDisposable
{
    /// <summary>How many keys of one name are good at once: the one in use and the one that follows it.</summary>
    public const int MostOfOneName = 2;

    private static readonly Authenticated Configured = new(new ClientPrincipal { Kind = ClientKind.Server, UserId = "", SessionId = "", TokenId = "configured", Name = "server key", Scopes = ServerScopes.All });
    private static readonly Authenticated Unknown = new("The server key doesn't belong to this server.");
    private static readonly Authenticated Mistyped = new("The server key is mistyped or incomplete: its checksum doesn't match.");
    private static readonly Authenticated Revoked = new("The server key was revoked.");
    private static readonly Authenticated Expired = new("The server key has expired.");

    private readonly SecretComparison? _configured = options.Server.Key is { } key ? new SecretComparison(key) : null;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>The holder of a key, or why it is refused.</summary>
    public Authenticated Find(ReadOnlySpan<char> presented)
    {
        if (_configured is not null && _configured.Matches(presented))
            return Configured;
        if (!ServerKeyText.LooksLikeOne(presented))
            return Unknown;
        if (!ServerKeyText.IsWellFormed(presented))
            return Mistyped;
        if (store.Find(ServerKeyText.Hash(presented)) is not { } key)
            return Unknown;
        if (RefusalOf(key) is { } refusal)
            return refusal;

        store.Touch(key.Id);
        return new Authenticated(Describe(key));
    }

    /// <summary>Whether the key a caller came with is still good; for requests that last.</summary>
    public Authenticated Check(ClientPrincipal caller) =>
        caller == Configured.Principal ? Configured : store.FindById(caller.TokenId) is not { } key ? Revoked : RefusalOf(key) ?? new Authenticated(caller);

    /// <summary>Makes a key; its rules were asked before. Stored, and in force, when it returns.</summary>
    /// <exception cref="StoreFullException">There are as many keys as may be, in all or of this name. Nothing was made.</exception>
    public async Task<IssuedServerKey> IssueAsync(string name, ServerScopes scopes, DateTimeOffset? expiresAt, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (store.List().Count(key => key.Name == name && key.IsUsableAt(now)) >= MostOfOneName)
                throw new StoreFullException(MostOfOneName, $"There are already {MostOfOneName} valid keys with this name (the current one and its successor). Revoke one first.");

            var secret = ServerKeyText.Make();
            var made = await store.CreateAsync(
                new NewServerKey(name, ServerKeyText.Hash(secret), secret[..ServerKeyText.ShownLength], ServerScopeWords.Of(scopes), by, expiresAt),
                cancellationToken);
            return new IssuedServerKey(made, secret);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static ClientPrincipal Describe(ServerKey key)
    {
        // A scope unknown to this version, written by a later one, is ignored. The others stay valid.
        _ = ServerScopeWords.TryRead(key.Scopes.Intersect(ServerScopeWords.All, StringComparer.Ordinal), out var scopes);
        return new ClientPrincipal { Kind = ClientKind.Server, UserId = "", SessionId = "", TokenId = key.Id, Name = $"server key {key.Name}", Scopes = scopes };
    }

    private Authenticated? RefusalOf(ServerKey key) => key.RevokedAt is not null ? Revoked : key.IsUsableAt(time.GetUtcNow()) ? null : Expired;
}

/// <summary>A server key just made.</summary>
/// <param name="Key">What is known of it from now on.</param>
/// <param name="Secret">The key itself, which is shown once and kept nowhere.</param>
internal sealed record IssuedServerKey(ServerKey Key, string Secret);

/// <summary>What a new server key may be. Pure: the first problem, or null.</summary>
internal static class ServerKeyRules
{
    public const int LongestName = 100;

    public static string? ProblemOf(string? name, IReadOnlyList<string?>? scopes, DateTimeOffset? expiresAt, DateTimeOffset now, out ServerScopes read)
    {
        read = ServerScopes.None;
        if (name is not { Length: > 0 and <= LongestName } || name.Any(char.IsControl) || string.IsNullOrWhiteSpace(name))
            return $"name must have 1 to {LongestName} characters and no control characters. It says what the key is for.";
        if (scopes is not { Count: > 0 } || !ServerScopeWords.TryRead(scopes, out read))
            return $"scopes must be a list of one or more of {string.Join(", ", ServerScopeWords.All)}.";
        return expiresAt <= now ? "expiresAt must be in the future. Leave it out for a key that doesn't expire." : null;
    }

    /// <summary>Why a key can't get these scopes: a key can't grant scopes that it doesn't have.</summary>
    public static string? ProblemOfGrant(ServerScopes scopes, ClientPrincipal by) => (scopes & ~by.Scopes) is var beyond && beyond == ServerScopes.None
        ? null
        : $"A server key can't grant scopes it lacks: {string.Join(", ", ServerScopeWords.Of(beyond))}.";
}

/// <summary>
/// What a server key looks like: <c>pd_</c>, 43 random digits (256 bits), 6 digits of checksum. A finder knows what
/// it is, secret scanners do too, and a typo is distinguished from a revoked key without a look-up.
/// </summary>
internal static class ServerKeyText
{
    public const string Prefix = "pd_";
    public const int Length = 52;

    /// <summary>How much of a key may be shown to recognise it by.</summary>
    public const int ShownLength = 9;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int ChecksumLength = 6;
    private const int RandomLength = Length - ChecksumLength - 3;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Digits);

    public static string Make()
    {
        var text = Prefix + RandomNumberGenerator.GetString(Digits, RandomLength);
        return text + Checksum(text);
    }

    /// <summary>Whether the text is meant to be one of our keys, mistyped or not.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether it is written without an error. Says nothing of whether there is such a key.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) =>
        text.Length == Length
        && LooksLikeOne(text)
        && !text[Prefix.Length..].ContainsAnyExcept(Alphabet)
        && text[^ChecksumLength..].SequenceEqual(Checksum(text[..^ChecksumLength]));

    public static byte[] Hash(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(text, bytes)]);
    }

    private static string Checksum(ReadOnlySpan<char> text)
    {
        var crc = Crc32(text);
        return string.Create(ChecksumLength, crc, static (digits, rest) =>
        {
            for (var i = digits.Length - 1; i >= 0; i--, rest /= (uint)Digits.Length)
                digits[i] = Digits[(int)(rest % (uint)Digits.Length)];
        });
    }

    /// <summary>CRC-32 as in gzip and PNG. Of so few characters that a table would not pay.</summary>
    private static uint Crc32(ReadOnlySpan<char> text)
    {
        var crc = uint.MaxValue;
        foreach (var character in text)
        {
            crc ^= character;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
