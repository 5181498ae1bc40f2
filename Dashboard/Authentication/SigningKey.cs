using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Presence.Dashboard.Authentication;

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
