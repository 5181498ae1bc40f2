using System.Security.Cryptography;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>The public key that apps send as X-API-Key when they log a viewer in. Names this installation; protects nothing by itself.</summary>
internal sealed class ClientKey
{
    public const string FileName = "client.key";

    private readonly SecretComparison _comparison;

    public ClientKey(DashboardOptions options, KeyFolder keys)
    {
        Value = options.Clients.Key ?? keys.Text(FileName, () => "pk_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        _comparison = new SecretComparison(Value);
    }

    /// <summary>The key, from the configuration or made at the first start.</summary>
    public string Value { get; }

    public bool Matches(ReadOnlySpan<char> presented) => _comparison.Matches(presented);
}
