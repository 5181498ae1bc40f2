namespace Presence.Dashboard.Display;

/// <summary>One setting before and after a change.</summary>
/// <param name="Name">As the page labels it.</param>
/// <param name="Before">Null for the first version.</param>
/// <param name="After">What it is since.</param>
public sealed record SettingsDifference(string Name, string? Before, string After);
