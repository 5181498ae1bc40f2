using Microsoft.IdentityModel.Tokens;

namespace Presence.Dashboard.Authentication;

/// <summary>A key that tokens are checked with. It fixes their algorithm: what a token's header asks for can only agree with it or be refused.</summary>
internal sealed class TokenKey
{
    private volatile bool _isWithdrawn;

    /// <param name="id">What a token names it by; null for a key that needs no naming.</param>
    /// <param name="algorithm">HS256, RS256 or ES256.</param>
    /// <param name="fingerprint">Says of two keys whether they are the same; no secret can be read from it.</param>
    /// <param name="material">The key itself.</param>
    public TokenKey(string? id, string algorithm, string fingerprint, SecurityKey material)
    {
        Id = id;
        Algorithm = algorithm;
        Fingerprint = fingerprint;
        Material = material;
        Rules = new TokenValidationParameters
        {
            IssuerSigningKey = material,
            TryAllIssuerSigningKeys = true, // the one above, whatever key a header names: which key it is was decided before
            ValidAlgorithms = [algorithm],
            // Ours to read, strictly and once the signature holds.
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        };
    }

    public string? Id { get; }

    public string Algorithm { get; }

    public string Fingerprint { get; }

    public SecurityKey Material { get; }

    public TokenValidationParameters Rules { get; }

    /// <summary>Taken out of use. Tokens it vouched for compare this with each request, so that they end with it.</summary>
    public bool IsWithdrawn => _isWithdrawn;

    public void Withdraw() => _isWithdrawn = true;
}
