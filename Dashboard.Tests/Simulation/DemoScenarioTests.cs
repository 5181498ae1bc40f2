using Presence.Client;
using Presence.Simulation.Demo;

namespace Presence.Dashboard.Tests.Simulation;

public sealed class DemoScenarioTests
{
    private const string SurgeRoom = "album-release-live";

    [Theory]
    [InlineData(1)]
    [InlineData(2026)]
    public void AdvanceTo_FirstMinute_GathersThreeHundredViewersInSixRooms(int seed)
    {
        var present = PresentAt(Play(seed, TimeSpan.FromSeconds(60)), TimeSpan.FromSeconds(60));

        Assert.True(present.Select(visit => visit.Viewer.Key).Distinct().Count() >= 300, $"{present.Count} visits");
        Assert.True(present.GroupBy(visit => visit.RoomId).Count(room => room.Count() >= 5) >= 6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2026)]
    public void AdvanceTo_AnHour_KeepsTheCrowdWithinBounds(int seed)
    {
        var visits = Play(seed, TimeSpan.FromHours(1));

        for (var at = TimeSpan.FromMinutes(1); at < TimeSpan.FromHours(1); at += TimeSpan.FromSeconds(30))
            Assert.InRange(PresentAt(visits, at).Count, 250, 750);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void AdvanceTo_EverySurge_RisesWithinAMinuteAndEbbs(int occurrence)
    {
        var surge = DemoRooms.All.Single(room => room.RoomId == SurgeRoom).Surge!;
        var begins = surge.First + occurrence * surge.Every;
        var visits = Play(2026, begins + TimeSpan.FromMinutes(7));

        var before = InRoom(visits, SurgeRoom, begins);
        var peak = InRoom(visits, SurgeRoom, begins + TimeSpan.FromSeconds(60));
        var after = InRoom(visits, SurgeRoom, begins + TimeSpan.FromMinutes(6));

        Assert.True(peak >= before + 80, $"{before} -> {peak}");
        Assert.True(after <= before + (peak - before) / 3, $"{peak} -> {after}");
    }

    [Fact]
    public void AdvanceTo_FirstSurge_PeaksWithinThreeMinutesOfTheStart()
    {
        var surge = Assert.Single(DemoRooms.All, room => room.Surge is not null).Surge!;

        Assert.True(surge.First + surge.Rise <= TimeSpan.FromMinutes(3));
        Assert.True(surge.Rise <= TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void AdvanceTo_TenMinutes_ShowsEveryKindOfViewer()
    {
        var visits = Play(2026, TimeSpan.FromMinutes(10));

        Assert.Contains(visits, visit => visit.Ending == DemoEnding.Leaves);
        Assert.Contains(visits, visit => visit.Ending == DemoEnding.Vanishes);
        Assert.Contains(visits, visit => visit.Viewer.IsGuest);
        Assert.Contains(visits, visit => visit.Away == ViewerState.Hidden && visit.StateAt(visit.AwayFrom) == ViewerState.Hidden);
        Assert.Contains(visits, visit => visit.Away == ViewerState.Paused);
        Assert.Contains(visits, visit => visits.Any(other => Together(visit, other) && other.Device != visit.Device && other.RoomId == visit.RoomId));
        Assert.Contains(visits, visit => visits.Any(other => Together(visit, other) && other.RoomId != visit.RoomId));
    }

    [Fact]
    public void AdvanceTo_SameSeedInOtherSteps_MakesTheSameVisits()
    {
        var inOneStep = new DemoScenario(7).AdvanceTo(TimeSpan.FromMinutes(5));
        var inManySteps = Play(7, TimeSpan.FromMinutes(5));

        Assert.Equal(inOneStep, inManySteps);
        Assert.NotEqual(inOneStep, new DemoScenario(8).AdvanceTo(TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void AdvanceTo_ADay_InventsNoMorePeopleThanTheTownHas()
    {
        var scenario = new DemoScenario(2026);
        var users = new HashSet<string>(StringComparer.Ordinal);
        var guests = new HashSet<string>(StringComparer.Ordinal);

        for (var at = TimeSpan.Zero; at < TimeSpan.FromDays(1); at += TimeSpan.FromMinutes(10))
        {
            foreach (var visit in scenario.AdvanceTo(at))
                (visit.Viewer.IsGuest ? guests : users).Add(visit.Viewer.Key);
        }

        Assert.InRange(users.Count, 1_000, DemoPeople.Users);
        Assert.InRange(guests.Count, 100, DemoPeople.Guests);
    }

    [Fact]
    public void User_EveryIndex_HasItsOwnNameAndAnIdThatMayBeUsed()
    {
        var people = Enumerable.Range(0, DemoPeople.Users).Select(DemoPeople.User).ToList();

        Assert.Equal(people.Count, people.Select(person => person.UserId).Distinct(StringComparer.Ordinal).Count());
        Assert.All(people, person => Assert.Null(Engine.PresenceIds.ProblemOfUserId(person.UserId)));
        Assert.All(people, person => Assert.True(person.UserId!.All(char.IsAscii), person.UserId));
        Assert.Contains(people, person => person is { UserId: "jose.garcia", DisplayName: "José García" });
    }

    private static List<DemoVisit> Play(int seed, TimeSpan until)
    {
        var scenario = new DemoScenario(seed);
        var visits = new List<DemoVisit>();
        for (var at = TimeSpan.Zero; at <= until; at += TimeSpan.FromMilliseconds(250))
            visits.AddRange(scenario.AdvanceTo(at));
        return visits;
    }

    private static List<DemoVisit> PresentAt(List<DemoVisit> visits, TimeSpan at) =>
        visits.FindAll(visit => visit.ArrivesAt <= at && at < visit.LeavesAt);

    private static int InRoom(List<DemoVisit> visits, string roomId, TimeSpan at) =>
        PresentAt(visits, at).Where(visit => visit.RoomId == roomId).Select(visit => visit.Viewer.Key).Distinct().Count();

    private static bool Together(DemoVisit one, DemoVisit other) =>
        one.Number != other.Number && one.Viewer.Key == other.Viewer.Key && one.ArrivesAt < other.LeavesAt && other.ArrivesAt < one.LeavesAt;
}
