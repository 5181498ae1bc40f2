namespace Presence.Dashboard.Tests.Browser;

/// <summary>How pages look is checked in a Chromium of its own, beside the journeys, which mostly wait: together they take half as long.</summary>
[CollectionDefinition(Name)]
public sealed class AppearanceCollection : ICollectionFixture<ChromiumBrowser>
{
    public const string Name = "Appearance";
}
