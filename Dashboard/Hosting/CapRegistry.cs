using System.Collections.Concurrent;

namespace Presence.Dashboard.Hosting;

/// <summary>The server's caps and how full each is; whoever keeps a cap says so here.</summary>
internal sealed class CapRegistry
{
    private readonly ConcurrentDictionary<CapKind, (Func<long> Used, long Most)> _caps = new();

    public IReadOnlyList<CapUse> All => [.. _caps.OrderBy(cap => cap.Key).Select(cap => new CapUse(cap.Key, cap.Value.Used(), cap.Value.Most))];

    public void Add(CapKind kind, Func<long> used, long most) => _caps[kind] = (used, most);
}

/// <summary>How near a cap is.</summary>
public readonly record struct CapUse(CapKind Kind, long Used, long Most);

/// <summary>What is capped for the whole server and can be looked at while it fills.</summary>
public enum CapKind
{
    Rooms,
    Sessions,
    Streams,
    Pages,
    Connections,
}
