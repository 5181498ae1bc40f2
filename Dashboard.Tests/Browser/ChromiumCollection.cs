namespace Presence.Dashboard.Tests.Browser;

/// <summary>Browser tests share one Chromium and run one after the other: each is a whole machine's work.</summary>
[CollectionDefinition(Name)]
public sealed class ChromiumCollection : ICollectionFixture<ChromiumBrowser>
{
    public const string Name = "Chromium";
}
