namespace Presence.Dashboard.Hosting;

/// <summary>How near a cap is.</summary>
public readonly record struct CapUse(CapKind Kind, long Used, long Most);
