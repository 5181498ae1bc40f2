using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Settings;

public sealed class PresenceSettingsRulesTests
{
    [Theory]
    [InlineData(30, 60)]
    [InlineData(1, 6)]
    [InlineData(600, 3600)]
    [InlineData(595, 600)]
    public void Problems_ValidSettings_AreNone(double interval, double timeout) =>
        Assert.Empty(PresenceSettingsRules.Problems(EngineWorld.Seconds(interval, timeout)));

    [Theory]
    [InlineData(0.5, 60, "heartbeatIntervalSeconds")]
    [InlineData(601, 3600, "heartbeatIntervalSeconds")]
    [InlineData(1, 5.9, "presenceTimeoutSeconds")]
    [InlineData(30, 3601, "presenceTimeoutSeconds")]
    [InlineData(30, 34.9, "presenceTimeoutSeconds")]
    public void Problems_OutOfRange_NameTheField(double interval, double timeout, string field) =>
        Assert.Contains(PresenceSettingsRules.Problems(EngineWorld.Seconds(interval, timeout)), problem => problem.Field == field);

    [Fact]
    public void Problems_TimeoutTooCloseToTheInterval_NamesBothValuesAndTheWayOut()
    {
        var message = Assert.Single(PresenceSettingsRules.Problems(EngineWorld.Seconds(30, 32))).Message;

        Assert.Contains("32 s", message, StringComparison.Ordinal);
        Assert.Contains("30 s", message, StringComparison.Ordinal);
        Assert.Contains("35 s", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public void Problems_ListCapOutOfRange_NamesIt(int limit) =>
        Assert.Equal("listLimit", Assert.Single(PresenceSettingsRules.Problems(PresenceSettings.Default with { ListLimit = limit })).Field);

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Problems_ListCapAtItsEnds_AreNone(int limit) =>
        Assert.Empty(PresenceSettingsRules.Problems(PresenceSettings.Default with { ListLimit = limit }));

    [Theory]
    [InlineData(-1)]
    [InlineData(100_001)]
    public void Problems_RoomRateOutOfRange_NamesIt(int rate) =>
        Assert.Equal("roomHeartbeatsPerSecond", Assert.Single(PresenceSettingsRules.Problems(PresenceSettings.Default with { RoomHeartbeatsPerSecond = rate })).Field);

    [Fact]
    public void Default_IsWhatTheReferenceDocumentsSay() =>
        Assert.Equal((true, 30, 60, 200), (PresenceSettings.Default.Enabled, PresenceSettings.Default.HeartbeatInterval.TotalSeconds, PresenceSettings.Default.PresenceTimeout.TotalSeconds, PresenceSettings.Default.ListLimit));

    [Theory]
    [InlineData(33, "Published")]
    [InlineData(33.1, "Hidden")]
    [InlineData(74.9, "Hidden")]
    public void Warnings_ShortTimeout_NameTheClientsThatWouldDropOut(double timeout, string clients) =>
        Assert.Contains(PresenceSettingsRules.Warnings(EngineWorld.Seconds(20, timeout)), warning => warning.Message.StartsWith(clients, StringComparison.Ordinal));

    [Theory]
    [InlineData(30, 90, 0)]
    [InlineData(30, 60, 1)]   // hidden tabs
    [InlineData(20, 33, 2)]   // under twice the interval, published clients
    [InlineData(10, 33, 2)]   // published clients, interval under 20
    [InlineData(60, 150, 1)]  // interval over 50
    [InlineData(50, 75, 1)]   // under twice the interval
    public void Warnings_AreThoseOfTheRule(double interval, double timeout, int expected) =>
        Assert.Equal(expected, PresenceSettingsRules.Warnings(EngineWorld.Seconds(interval, timeout)).Count);
}
