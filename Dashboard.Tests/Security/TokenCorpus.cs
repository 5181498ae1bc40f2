using System.Text;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Tokens nobody should send and somebody will, each with what it is to be answered. Rows are grouped by what they try.</summary>
public static partial class TokenCorpus
{
    private const string NotOurs = "doesn't belong to this server";
    private const string BadSignature = "signature is invalid";
    private const string WrongAlgorithm = "algorithm (alg)";
    private const string UnknownKey = "isn't in the key set";
    private const string NoCredentials = "Send an access token";
    private const string? Taken = null;

    public static IReadOnlyList<HostileToken> All { get; } = [.. Shapes, .. Algorithms, .. Confusions, .. Headers, .. Times, .. Subjects, .. OtherClaims, .. Payloads, .. Spellings, .. Parties, .. OwnTokens];

    private static string S => CorpusServers.Secret;

    private static string R => CorpusServers.Rsa;

    private static string E => CorpusServers.Ec;

    private static string K => CorpusServers.Set;

    /// <summary>A token of the shared secret whose header is good.</summary>
    private static string Secret(string payload) => TokenForge.Hs256(CorpusKeys.Hs256Header, payload);

    /// <summary>A token of the shared secret, its parts as they are.</summary>
    private static string SecretRaw(string header, string payload) => TokenForge.Hs256(header, payload, Encoding.UTF8.GetBytes(TokenForge.Secret));
}
