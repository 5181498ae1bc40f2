namespace Presence.Dashboard.Hosting;

/// <summary>One configuration key in force.</summary>
/// <param name="Key">As an environment variable spells it.</param>
/// <param name="Value">What holds, configured or by default; null for nothing, and for every secret.</param>
/// <param name="IsSecret">Whether the value is kept back.</param>
/// <param name="IsSet">Whether somebody configured it.</param>
public sealed record ConfigurationEntry(string Key, object? Value, bool IsSecret, bool IsSet);
