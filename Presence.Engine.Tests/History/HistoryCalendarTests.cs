using System.Globalization;
using Presence.Engine.History;

namespace Presence.Engine.Tests.History;

public sealed class HistoryCalendarTests
{
    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", 23, 23)]
    [InlineData("Europe/Berlin", "2026-10-25", 25, 25)]
    [InlineData("Europe/Berlin", "2026-11-29", 24, 24)]
    [InlineData("Asia/Kathmandu", "2026-11-29", 24, 24)]
    [InlineData("Australia/Lord_Howe", "2026-10-04", 23.5, 24)] // the clock goes from 2:00 to 2:30
    [InlineData("Australia/Lord_Howe", "2026-04-05", 24.5, 25)] // and from 2:00 back to 1:30
    [InlineData("Africa/Cairo", "2026-04-24", 23, 23)] // there is no midnight
    [InlineData("America/St_Johns", "2026-07-01", 24, 24)]
    [InlineData("UTC", "2026-11-29", 24, 24)]
    public void Steps_HoursOfADay_AddUpToTheDay(string zoneId, string date, double hours, int steps)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var noon = Local(zone, date, 12);

        var day = Assert.Single(HistoryCalendar.Steps(noon, noon.AddSeconds(1), HistoryStep.Day, zone));
        var ofDay = HistoryCalendar.Steps(day.From, day.Until, HistoryStep.Hour, zone);

        Assert.Equal(hours, day.Length.TotalHours);
        Assert.Equal(date, TimeZoneInfo.ConvertTime(day.From, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.NotEqual(date, TimeZoneInfo.ConvertTime(day.Until, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.Equal(steps, ofDay.Count);
        AssertCovers(ofDay, day.From, day.Until);
        Assert.All(ofDay, hour => Assert.True(hour.Length <= TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Pacific/Chatham")]
    public void Steps_OfAYear_FollowOneAnotherAndAgreeWithAWalkByQuarters(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var (from, until) = (Local(zone, "2026-01-01", 0), Local(zone, "2027-01-01", 0));

        var days = HistoryCalendar.Steps(from, until, HistoryStep.Day, zone);

        Assert.Equal(365, days.Count);
        AssertCovers(days, from, until);
        for (var at = from; at < until; at += TimeSpan.FromMinutes(15))
        {
            Assert.Equal(days.Single(day => day.From <= at && at < day.Until).From, HistoryCalendar.BeginOf(at, HistoryStep.Day, zone));
            var local = TimeZoneInfo.ConvertTime(at, zone);
            if (at != from && TimeZoneInfo.ConvertTime(at.AddMinutes(-15), zone) is var before && before.Date != local.Date)
                Assert.Contains(days, day => day.From == at);
        }
    }

    [Fact]
    public void Steps_InsideADay_AreWholeSteps()
    {
        var from = new DateTimeOffset(2026, 11, 29, 20, 7, 30, TimeSpan.Zero);

        var quarters = HistoryCalendar.Steps(from, from.AddMinutes(20), HistoryStep.Quarter, TimeZoneInfo.Utc);
        var minutes = HistoryCalendar.Steps(from, from.AddMinutes(2), HistoryStep.Minute, TimeZoneInfo.Utc);

        Assert.Equal([0, 15], quarters.Select(step => step.From.Minute));
        Assert.Equal([7, 8, 9], minutes.Select(step => step.From.Minute));
    }

    [Theory]
    [InlineData(2, 0, HistoryStep.Minute)]
    [InlineData(2, 24 * 40, HistoryStep.Quarter)] // minutes are gone
    [InlineData(48, 48, HistoryStep.Quarter)]
    [InlineData(24 * 14, 24 * 14, HistoryStep.Hour)]
    [InlineData(24 * 365, 24 * 365, HistoryStep.Day)]
    public void StepFor_Range_IsSomeHundredPoints(int hours, int hoursAgo, HistoryStep expected) =>
        Assert.Equal(expected, HistoryCalendar.StepFor(TimeSpan.FromHours(hours), TimeSpan.FromHours(hoursAgo), TimeSpan.FromDays(30)));

    [Fact]
    public void Steps_TooManyOrNone_AreRefused()
    {
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.Throws<ArgumentException>(() => HistoryCalendar.Steps(from, from.AddDays(30), HistoryStep.Minute, TimeZoneInfo.Utc));
        Assert.Throws<ArgumentException>(() => HistoryCalendar.Steps(from, from, HistoryStep.Day, TimeZoneInfo.Utc));
    }

    private static void AssertCovers(IReadOnlyList<HistorySpan> steps, DateTimeOffset from, DateTimeOffset until)
    {
        Assert.Equal(from, steps[0].From);
        Assert.Equal(until, steps[^1].Until);
        for (var step = 1; step < steps.Count; step++)
            Assert.Equal(steps[step - 1].Until, steps[step].From);
    }

    private static DateTimeOffset Local(TimeZoneInfo zone, string date, int hour)
    {
        var local = DateTime.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddHours(hour);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
