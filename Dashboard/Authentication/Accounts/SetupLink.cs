using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>The one-time link with which the first account is made: new at each start, dead once an account exists.</summary>
internal sealed class SetupLink
{
    public const string FileName = "setup-link.txt";
    private const int TokenBytes = 32;

    private volatile string? _token;

    /// <summary>Whether there is no account yet.</summary>
    public bool IsOpen => _token is not null;

    /// <summary>The path and query of the link; null when there is none.</summary>
    public string? PathAndQuery => _token is { } token ? "/setup?token=" + token : null;

    /// <summary>Makes a fresh link; an earlier one is dead from here on.</summary>
    public void Open()
    {
        Span<byte> random = stackalloc byte[TokenBytes];
        RandomNumberGenerator.Fill(random);
        _token = Base64Url.EncodeToString(random);
    }

    public void Close() => _token = null;

    /// <summary>Whether the token is the link's, compared in constant time.</summary>
    public bool Matches(string? token) =>
        _token is { } expected && token is not null &&
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(token));
}
