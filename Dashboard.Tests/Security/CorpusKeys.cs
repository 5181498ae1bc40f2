using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>The keys of the servers, those of whoever would like to have them, and the moment it is.</summary>
public sealed class CorpusKeys : IDisposable
{
    public const string Hs256Header = """{"alg":"HS256","typ":"JWT"}""";

    public RSA Rsa { get; } = RSA.Create(2048);

    public RSA OtherRsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa OtherEc { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>A token this server made itself.</summary>
    public string Own { get; set; } = "";

    /// <summary>The second at which every token is sent.</summary>
    public long Now { get; init; }

    /// <summary>Claims that are good, and some more or some others.</summary>
    public string Claims(string more = "") => $$"""{"sub":"mallory","iat":{{Now}},"exp":{{Now + 3600}}{{more}}}""";

    /// <summary>A token of the shared secret whose payload is good.</summary>
    public string SecretWith(string header) => TokenForge.Hs256(header, Claims());

    /// <summary>A token "signed" by taking public text for a secret.</summary>
    public string Confused(byte[] publicText, string algorithm = "HS256") =>
        TokenForge.Hs256(TokenForge.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}"""), TokenForge.Encode(Claims()), publicText);

    public string Confused(string publicText) => Confused(Encoding.UTF8.GetBytes(publicText));

    /// <summary>A good header and payload under any signature.</summary>
    public string Under(string algorithm, byte[] signature) =>
        $"{TokenForge.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{TokenForge.Encode(Claims())}.{TokenForge.Encode(signature)}";

    /// <summary>A good token of the RSA key, with another hash or padding.</summary>
    public string RsaAs(string algorithm, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        var signed = $"{TokenForge.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{TokenForge.Encode(Claims())}";
        return $"{signed}.{TokenForge.Encode(Rsa.SignData(Encoding.ASCII.GetBytes(signed), hash, padding))}";
    }

    /// <summary>A good token of the elliptic curve's key, its signature written as certificates have it.</summary>
    public string EcAsSequence()
    {
        var signed = $"{TokenForge.Encode("""{"alg":"ES256","typ":"JWT"}""")}.{TokenForge.Encode(Claims())}";
        return $"{signed}.{TokenForge.Encode(Ec.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))}";
    }

    public void Dispose()
    {
        Rsa.Dispose();
        OtherRsa.Dispose();
        Ec.Dispose();
        OtherEc.Dispose();
    }
}
