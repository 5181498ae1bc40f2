namespace Presence.Dashboard.Components.Shared;

/// <summary>One thing that settings mean for those who are present.</summary>
/// <param name="Name">What.</param>
/// <param name="Now">What it would be.</param>
/// <param name="Was">What it is, where that is something else.</param>
/// <param name="IsCaution">Whether it deserves a second thought.</param>
internal readonly record struct ImpactLine(string Name, string Now, string? Was, bool IsCaution);
