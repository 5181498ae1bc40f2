using System.Collections.Concurrent;

namespace Presence.Dashboard.Hosting;

/// <summary>The server's limits and how full each is. The owner of a limit registers it here.</summary>
internal sealed class LimitUsageRegistry
{
    private readonly ConcurrentDictionary<LimitKind, (Func<long> Used, long Most)> _caps = new();

    public IReadOnlyList<LimitUsage> All => [.. _caps.OrderBy(cap => cap.Key).Select(cap => new LimitUsage(cap.Key, cap.Value.Used(), cap.Value.Most))];

    public void Add(LimitKind kind, Func<long> used, long most) => _caps[kind] = (used, most);
}

/// <summary>How near a cap is.</summary>
public readonly record struct LimitUsage(LimitKind Kind, long Used, long Most);

/// <summary>What is capped for the whole server and can be looked at while it fills.</summary>
public enum LimitKind
{
    Rooms,
    Sessions,
    Streams,
    Pages,
    Connections,
}
