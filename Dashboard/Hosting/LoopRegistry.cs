using System.Collections.Concurrent;

namespace Presence.Dashboard.Hosting;

/// <summary>The state of every background loop, for <c>/health/ready</c>. Bounded by the loops there are.</summary>
/// <param name="storage">Told of failures of the storage, which are no loop's own; null where nobody listens.</param>
internal sealed class LoopRegistry(StorageWatch? storage = null)
{
    private readonly ConcurrentDictionary<string, LoopHealth> _loops = new(StringComparer.Ordinal);

    /// <summary>A loop fails at the moment; what it does is late and is being tried again.</summary>
    public bool IsDegraded => _loops.Values.Any(loop => !loop.IsHealthy);

    /// <summary>All loops, by name.</summary>
    public IReadOnlyList<LoopHealth> All => [.. _loops.Values.OrderBy(loop => loop.Name, StringComparer.Ordinal)];

    public LoopHealth this[string name] => _loops[name];

    public void Register(string name) => _loops.TryAdd(name, new LoopHealth(name, IsHealthy: true, LastError: null, LastErrorAt: null, LastSuccessAt: null));

    /// <summary>Notes a success; true when the loop had failed before it.</summary>
    public bool Succeeded(string name, DateTimeOffset at)
    {
        var before = _loops[name];
        _loops[name] = before with { IsHealthy = true, LastSuccessAt = at };
        return !before.IsHealthy;
    }

    public void Failed(string name, string error, DateTimeOffset at) =>
        _loops[name] = _loops[name] with { IsHealthy = false, LastError = error, LastErrorAt = at };

    /// <summary>Whether the storage failed and not the loop; said in the log already then.</summary>
    public bool IsStorageTrouble(Exception exception) => storage?.Note(exception) == true;
}

/// <summary>How one background loop is doing.</summary>
/// <param name="Name">The loop.</param>
/// <param name="IsHealthy">Its last pass succeeded; otherwise it is being tried again, and the product is degraded.</param>
/// <param name="LastError">What its last failure said, kept after it recovered.</param>
/// <param name="LastErrorAt">When that was.</param>
/// <param name="LastSuccessAt">When a pass last succeeded; null before the first.</param>
public sealed record LoopHealth(string Name, bool IsHealthy, string? LastError, DateTimeOffset? LastErrorAt, DateTimeOffset? LastSuccessAt);
