namespace Presence.Engine.Storage;

/// <summary>What one round of maintenance found and did.</summary>
/// <param name="Damage">What is wrong with the file; null for nothing.</param>
/// <param name="LogBytes">How large the write-ahead log was before.</param>
/// <param name="IsLogEmptied">Whether it is empty now; a reader of an older state keeps it until the next round.</param>
public sealed record MaintenanceReport(string? Damage, long LogBytes, bool IsLogEmptied);
