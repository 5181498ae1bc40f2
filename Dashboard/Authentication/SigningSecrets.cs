using System.Security.Cryptography;

namespace Presence.Dashboard.Authentication;

/// <summary>What tokens are signed and guest ids derived with. Each purpose has a secret of its own, so that none can be passed off for another.</summary>
internal sealed class SigningSecrets
{
    public SigningSecrets(KeyFolder keys)
    {
        var signing = keys.Secret("signing.key");
        AccessTokens = Derive(signing, "access-token"u8);
        AuthTokens = Derive(signing, "auth-token"u8);
        Guests = Derive(keys.Secret("guests.key"), "guest-id"u8); // a file apart: a new signing key must not rename every guest
    }

    public byte[] AccessTokens { get; }

    public byte[] AuthTokens { get; }

    public byte[] Guests { get; }

    private static byte[] Derive(byte[] secret, ReadOnlySpan<byte> purpose)
    {
        var derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, derived, salt: [], info: purpose);
        return derived;
    }
}
