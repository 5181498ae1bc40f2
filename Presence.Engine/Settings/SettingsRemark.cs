namespace Presence.Engine.Settings;

/// <summary>One thing wrong with, or worth knowing about, a set of settings.</summary>
/// <param name="Field">The member concerned, as the wire names it: <c>heartbeatIntervalSeconds</c>, <c>presenceTimeoutSeconds</c>, <c>listLimit</c>.</param>
/// <param name="Message">A sentence with the values, the rule and the way out.</param>
public sealed record SettingsRemark(string Field, string Message);
