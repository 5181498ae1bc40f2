using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Tests.Rooms;

public sealed class RoomDefinitionRulesTests
{
    [Fact]
    public void Problems_NothingSpecial_AreNone() => Assert.Empty(RoomDefinitionRules.Problems(RoomDefinition.Unknown));

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Problems_TitleOfAllowedLength_AreNone(int length) => Assert.Empty(RoomDefinitionRules.Problems(new RoomDefinition { Title = new string('t', length) }));

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    public void Problems_TitleEmptyOrWithControls_NameIt(string title) => Assert.Equal(["title"], Fields(new RoomDefinition { Title = title }));

    [Fact]
    public void Problems_TitleTooLong_NamesIt() => Assert.Equal(["title"], Fields(new RoomDefinition { Title = new string('t', 101) }));

    [Theory]
    [InlineData(RoomStatus.Live, 0)]
    [InlineData(RoomStatus.Ended, 0)]
    [InlineData((RoomStatus)2, 1)]
    public void Problems_Status_IsOneOfTwo(RoomStatus status, int problems) =>
        Assert.Equal(Enumerable.Repeat("status", problems), Fields(new RoomDefinition { Status = status }));

    [Theory]
    [InlineData(1.0, null)]
    [InlineData(600.0, null)]
    [InlineData(null, 6.0)]
    [InlineData(null, 3_600.0)]
    [InlineData(1.0, 6.0)]
    [InlineData(600.0, 605.0)]
    [InlineData(20.0, 25.0)]
    public void Problems_OverridesInRange_AreNone(double? interval, double? timeout) => Assert.Empty(Fields(Overrides(interval, timeout)));

    [Theory]
    [InlineData(0.5, null, "heartbeatIntervalSeconds")]
    [InlineData(601.0, null, "heartbeatIntervalSeconds")]
    [InlineData(7_200.0, null, "heartbeatIntervalSeconds")]
    [InlineData(null, 5.0, "presenceTimeoutSeconds")]
    [InlineData(null, 3_601.0, "presenceTimeoutSeconds")]
    [InlineData(20.0, 24.0, "presenceTimeoutSeconds")]
    public void Problems_OverridesOutOfRange_NameEachOnce(double? interval, double? timeout, string fields) =>
        Assert.Equal(fields.Split(' '), Fields(Overrides(interval, timeout)));

    [Fact]
    public void Problems_OfEveryKind_AreAllToldAtOnce() =>
        Assert.Equal(["title", "status", "heartbeatIntervalSeconds"], Fields(Overrides(0, null) with { Title = "", Status = (RoomStatus)9 }));

    private static IEnumerable<string> Fields(RoomDefinition definition) => RoomDefinitionRules.Problems(definition).Select(problem => problem.Field);

    private static RoomDefinition Overrides(double? interval, double? timeout) => new()
    {
        Overrides = new RoomOverrides
        {
            HeartbeatInterval = interval is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            PresenceTimeout = timeout is { } longer ? TimeSpan.FromSeconds(longer) : null,
        },
    };
}
