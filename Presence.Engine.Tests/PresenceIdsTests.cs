namespace Presence.Engine.Tests;

public sealed class PresenceIdsTests
{
    [Theory]
    [InlineData("r")]
    [InlineData("Salle de réunion 4")]
    [InlineData("a+b@c:d;e=f&g")]
    [InlineData("🎬 premiere")]
    public void ProblemOfRoomId_Usable_IsNull(string roomId) => Assert.Null(PresenceIds.ProblemOfRoomId(roomId));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a%b")]
    [InlineData("a\u0000b")]
    [InlineData("a\nb")]
    [InlineData(".")]
    [InlineData("..")]
    public void ProblemOfRoomId_Forbidden_NamesTheField(string roomId) =>
        Assert.Contains("roomId", PresenceIds.ProblemOfRoomId(roomId), StringComparison.Ordinal);

    [Fact]
    public void ProblemOfRoomId_HalfACharacter_IsRefused()
    {
        Assert.NotNull(PresenceIds.ProblemOfRoomId("a\ud83c"));
        Assert.NotNull(PresenceIds.ProblemOfRoomId("\udfac a"));
    }

    [Theory]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("...", true)]
    [InlineData(".a", true)]
    [InlineData("a..", true)]
    public void Problems_OfDots_AreThoseOfWholeSegments(string id, bool isUsable) => Assert.Equal(
        (isUsable, isUsable, isUsable, true),
        (PresenceIds.ProblemOfRoomId(id) is null, PresenceIds.ProblemOfUserId(id) is null, PresenceIds.ProblemOfChannelId(id) is null, PresenceIds.ProblemOfRoomPrefix(id) is null));

    [Fact]
    public void Problems_AtTheLimits_BeginOneBeyond()
    {
        Assert.Null(PresenceIds.ProblemOfRoomId(new string('r', 128)));
        Assert.NotNull(PresenceIds.ProblemOfRoomId(new string('r', 129)));
        Assert.Null(PresenceIds.ProblemOfUserId("a/b+c@d" + new string('u', 43)));
        Assert.NotNull(PresenceIds.ProblemOfUserId(new string('u', 51)));
        Assert.Null(PresenceIds.ProblemOfSessionId(new string('s', 150)));
        Assert.NotNull(PresenceIds.ProblemOfSessionId(new string('s', 151)));
    }
}
