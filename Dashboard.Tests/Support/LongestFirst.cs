using Presence.Dashboard.Tests.Accounts;
using Presence.Dashboard.Tests.Api;
using Presence.Dashboard.Tests.Browser;
using Presence.Dashboard.Tests.Components;
using Presence.Dashboard.Tests.Downloads;
using Presence.Dashboard.Tests.Hosting;
using Presence.Dashboard.Tests.Jobs;
using Presence.Dashboard.Tests.Security;
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
            typeof(PageAppearanceTests), typeof(Live.CanaryTests), typeof(PrometheusTests), typeof(BarePageAppearanceTests), typeof(PanelAppearanceTests), typeof(NetworkTests), typeof(ServerLifeTests), typeof(ProxyTests), typeof(HistoryJourneyTests),
            typeof(DemoAudienceTests), typeof(OperatingTests), typeof(ObserverTests), typeof(JobTests), typeof(JobLifeTests), typeof(RawRequestTests), typeof(ConnectionTests), typeof(JourneyTests),
            typeof(TouchTargetTests), typeof(ListJourneyTests), typeof(SearchJourneyTests), typeof(AddressJourneyTests), typeof(ModeratorSessionTests), typeof(ModeratorAccountsTests),
            typeof(StreamTests), typeof(SimulateCommandTests), typeof(LiveRegionTests), typeof(DemoRoomTests), typeof(HiddenTabTests), typeof(SettingsJourneyTests), typeof(RosterDownloadTests),
            typeof(StorageTroubleTests), typeof(StreamLifeTests), typeof(RoomsStreamTests), typeof(WidgetTests), typeof(ProcessTests),
            typeof(AccessibilityTests), typeof(AlertJourneyTests), typeof(RoomRoleTests), typeof(PageStorageTests), typeof(EveryActTests), typeof(ModeratorJourneyTests),
        ]).Select(type => type.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length)];
}
