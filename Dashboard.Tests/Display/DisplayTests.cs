using System.Globalization;
using Presence.Dashboard.Display;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Display;

public sealed class DisplayTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(4.9, "just now")]
    [InlineData(14, "10 s ago")]
    [InlineData(59, "55 s ago")]
    [InlineData(60, "1 min ago")]
    [InlineData(7_500, "2 h 05 min ago")]
    [InlineData(100_000, "1 d 3 h ago")]
    public void Ago_OfASpan_SaysItShortly(double seconds, string expected) =>
        Assert.Equal(expected, Durations.Ago(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(30, "30 s")]
    [InlineData(20.5, "20.5 s")]
    [InlineData(60, "1 min")]
    [InlineData(90, "1 min 30 s")]
    public void Exact_OfASetting_RoundsNothing(double seconds, string expected) =>
        Assert.Equal(expected, Durations.Exact(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(12, "+12")]
    [InlineData(-1240, "\u22121,240")]
    [InlineData(0, "±0")]
    public void Change_OfACount_CarriesItsSign(int change, string expected) => Assert.Equal(expected, Numbers.Change(change));

    [Theory]
    [InlineData(-100, 89, "\u2212100 (\u221253%)")]
    [InlineData(85, 189, "+85 (+82%)")]
    [InlineData(1, 2, "+1 (+100%)")]
    [InlineData(3, 10_003, "+3 (+0.0%)")]
    [InlineData(40, 10_040, "+40 (+0.4%)")]
    [InlineData(-5, 0, "\u22125 (\u2212100%)")]
    [InlineData(7, 7, "+7")] // of nothing there is no share
    [InlineData(0, 12, "±0")]
    public void Text_OfAChange_HasItsShareOfWhatWasThere(int change, int now, string expected)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en-US");
        try
        {
            Assert.Equal(expected, CountChanges.Text(change, now));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("Ada Lovelace", "AL")]
    [InlineData("ada", "AD")]
    [InlineData("grace.brewster.hopper", "GH")]
    [InlineData("Grace Knuth 2", "GK")]
    [InlineData("ada 2", "AD")]
    [InlineData("Guest 7f3a", "G7")]
    [InlineData("élodie.1342", "ÉL")]
    [InlineData("👩‍🚀 Ada", "AD")]
    [InlineData("1342", "13")]
    [InlineData("4 2", "42")]
    [InlineData("👩‍🚀 🎉", "👩‍🚀🎉")]
    [InlineData("  ", "?")]
    public void Of_AName_TakesWholeCharacters(string name, string expected) => Assert.Equal(expected, Initials.Of(name));

    [Theory]
    [InlineData("\u200B", "anna", "anna")]
    [InlineData("", "anna", "anna")]
    [InlineData("An\u202Ena", "anna", "Anna")]
    [InlineData(null, "an\u200Bna", "an[U+200B]na")]
    public void Of_AViewer_FallsBackToTheIdWhereNothingOfTheNameShows(string? name, string userId, string expected)
    {
        Assert.Equal(expected, ViewerNames.Of(new UserProfile(name, null), isGuest: false, userId));
        Assert.StartsWith("Guest ", ViewerNames.Of(new UserProfile("\u3164", null), isGuest: true, userId), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pi\u202Exel", "4.2", "Pixel · 4.2")]
    [InlineData("\u200B", "4.2", "4.2")]
    [InlineData("\u200B", null, null)]
    public void Text_OfADevice_IsWhatShows(string? name, string? version, string? expected) => Assert.Equal(expected ?? RoomTexts.DeviceUnknown, SessionDevices.Text(new SessionDevice(name, version)));

    [Theory]
    [InlineData("main stage", "rooms/main%20stage")]
    [InlineData("café&co", "rooms/caf%C3%A9%26co")]
    [InlineData("..", "room?id=..")]
    public void To_ARoom_LeadsToItWhateverItsId(string roomId, string expected) => Assert.Equal(expected, RoomLinks.To(roomId));

    [Fact]
    public void Clock_InAnotherZone_IsTheModeratorsTime()
    {
        var time = new LocalTime();
        Assert.Equal("12:00", time.Clock(Noon, Noon));

        time.Use("Europe/Berlin");
        time.Use("Nowhere/Never");

        Assert.Equal("14:00", time.Clock(Noon, Noon));
        Assert.Equal("30 Jun 14:00", time.Clock(Noon.AddDays(-1), Noon));
        Assert.EndsWith("2026 14:00:00 UTC+02:00", time.Full(Noon), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AFadingViewer_IsFadingWhateverItSaid()
    {
        var viewer = new Viewer("ada", null, IsGuest: false, Noon, Noon, ViewerState.Hidden, IsFading: false, 1);

        Assert.Equal(ViewerStatusKind.Hidden, ViewerStatusTexts.Of(viewer));
        Assert.Equal(ViewerStatusKind.Fading, ViewerStatusTexts.Of(viewer with { IsFading = true }));
    }

    [Fact]
    public void Path_OfFewSamples_EndsAtTheRightEdge()
    {
        Assert.Equal("M90 10L100 0", TrendLine.Path([0, 10], slots: 11, width: 100, height: 10, low: 0, high: 10));
        Assert.Equal("", TrendLine.Path([5], 11, 100, 10, 0, 10));
    }

    [Fact]
    public void CurveLine_WithAHole_DrawsARunOnEitherSide()
    {
        int?[] points = [0, 10, null, 5];

        Assert.Equal("M0 10L10 0M30 5h0", CurveLine.Path(points, 30, 10, 10));
        Assert.Equal("M0 10L0 10L10 0L10 10ZM30 10L30 5L30 10Z", CurveLine.Area(points, 30, 10, 10));
        Assert.Equal("", CurveLine.Path([null, null], 30, 10, 10));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.44, "0.4")]
    [InlineData(9.96, "10")]
    [InlineData(1_240.4, "1,240")]
    public void Text_OfARate_HasADecimalWhereItIsSmall(double aSecond, string expected) => Assert.Equal(expected, Rates.Text(aSecond));

    [Fact]
    public void StartOfDay_InAnotherZone_IsItsMidnight()
    {
        var time = new LocalTime();
        Assert.Equal(Noon.AddHours(-12), time.StartOfDay(Noon));

        time.Use("Pacific/Auckland"); // midnight there has just gone by

        Assert.Equal(Noon, time.StartOfDay(Noon.AddMinutes(1)));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(9, 10)]
    [InlineData(187, 200)]
    [InlineData(50_001, 80_000)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Ceiling_OfAScale_IsRound(int highest, int expected) => Assert.Equal(expected, TrendLine.Ceiling(highest));

    [Theory]
    [InlineData(400, 401, 500)] // grows at once
    [InlineData(500, 399, 500)] // and stays while the count crosses the line
    [InlineData(500, 200, 500)]
    [InlineData(500, 199, 200)]
    [InlineData(0, 399, 400)]
    public void Ceiling_OfAScaleThatWasAnother_StaysWhileTheCountCrossesALine(int before, int highest, int expected) =>
        Assert.Equal(expected, TrendLine.Ceiling(before, highest));

    [Fact]
    public void Range_OfAlmostLevelSamples_LeavesRoomAroundThem()
    {
        var (low, high) = TrendLine.Range([20, 21, 20]);

        Assert.True(high - low >= 6);
    }

    [Fact]
    public void Between_TwoVersions_NamesOnlyWhatChanged()
    {
        var after = PresenceSettings.Default with { Enabled = false, PresenceTimeout = TimeSpan.FromSeconds(90) };

        var differences = SettingsDifferences.Between(PresenceSettings.Default, after);

        Assert.Equal([new("Presence", "on", "off"), new("Presence timeout", "1 min", "1 min 30 s")], differences);
    }
}
