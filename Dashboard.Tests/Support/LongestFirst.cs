using Presence.Dashboard.Tests.Browser;
using Presence.Dashboard.Tests.Hosting;
using Presence.Dashboard.Tests.Simulation;
using Presence.Dashboard.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Presence.Dashboard.Tests.Support;

/// <summary>Begins with the classes that take longest, so that none of them runs on alone when all others are done.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        .. ((Type[])
        [
            typeof(PageAppearanceTests), typeof(BarePageAppearanceTests), typeof(PanelAppearanceTests), typeof(NetworkTests), typeof(DemoAudienceTests),
            typeof(ServerLifeTests), typeof(ProxyTests), typeof(OperatingTests), typeof(ConnectionTests), typeof(ObserverTests), typeof(JourneyTests), typeof(AddressJourneyTests),
        ]).Select(type => type.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length)];
}
