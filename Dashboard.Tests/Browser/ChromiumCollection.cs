namespace Presence.Dashboard.Tests.Browser;

/// <summary>Journeys share one Chromium and run one after the other: each is much of a machine's work.</summary>
[CollectionDefinition(Name)]
public sealed class ChromiumCollection : ICollectionFixture<ChromiumBrowser>
{
    public const string Name = "Chromium";
}
