namespace Presence.Dashboard.Hosting;

/// <summary>How one background loop is doing.</summary>
/// <param name="Name">The loop.</param>
/// <param name="IsHealthy">Its last pass succeeded; otherwise it is being tried again, and the product is degraded.</param>
/// <param name="LastError">What its last failure said, kept after it recovered.</param>
/// <param name="LastErrorAt">When that was.</param>
/// <param name="LastSuccessAt">When a pass last succeeded; null before the first.</param>
public sealed record LoopHealth(string Name, bool IsHealthy, string? LastError, DateTimeOffset? LastErrorAt, DateTimeOffset? LastSuccessAt);
