using System.Collections.Concurrent;

namespace Presence.Dashboard.Simulation;

/// <summary>Keeps access tokens by device, as apps do, so that who comes back need not sign in again. Bounded by the devices there are.</summary>
internal sealed class SignIns
{
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);

    /// <summary>Where one visit of a device gets its tokens: the one kept, and after that a new one whenever asked.</summary>
    public Func<CancellationToken, Task<string>> Of(string deviceId, Func<CancellationToken, Task<string>> signIn)
    {
        var mayUseKept = true;
        return async cancellationToken =>
        {
            var usesKept = mayUseKept;
            mayUseKept = false;
            if (usesKept && _tokens.TryGetValue(deviceId, out var kept))
                return kept;
            return _tokens[deviceId] = await signIn(cancellationToken);
        };
    }
}
