using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>The keys of the customer's backend. One, from the configuration.</summary>
internal sealed class ServerKeys(DashboardOptions options)
{
    private readonly SecretComparison? _configured = options.Server.Key is { } key ? new SecretComparison(key) : null;

    public bool Matches(ReadOnlySpan<char> presented) => _configured is not null && _configured.Matches(presented);
}
