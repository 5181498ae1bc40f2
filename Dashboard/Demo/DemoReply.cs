namespace Presence.Dashboard.Demo;

/// <summary>The server's reply to one request.</summary>
/// <param name="Answer">What became of it.</param>
/// <param name="Wait">How long the server asks to wait before the next request; null when it does not say.</param>
/// <param name="SettingsVersion">The settings now in force; 0 when it does not say.</param>
internal readonly record struct DemoReply(DemoAnswer Answer, TimeSpan? Wait = null, int SettingsVersion = 0);
