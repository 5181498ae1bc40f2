using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Users;

public sealed class PresentUsersTests
{
    private static readonly UserProfile Ann = new("Ann", null);
    private static readonly UserProfile Anna = new("Anna", null);

    private readonly PresentUsers _users = new(new OriginShares(new PresenceLimits()), new KnownProfiles());

    [Fact]
    public void TryEnter_AnotherRoomWithoutAProfile_KeepsTheOneKnown()
    {
        Enter(Ann);

        Enter(null);

        Assert.Equal(Ann, _users.ProfileOf("ann"));
        Assert.Equal((1, 2), (_users.Count, _users.RoomsOf("ann")));
    }

    [Fact]
    public void TryEnter_AnotherRoomWithANewProfile_ShowsTheNewOne()
    {
        Enter(Ann);

        Enter(Anna);

        Assert.Equal(Anna, _users.ProfileOf("ann"));
    }

    [Fact]
    public void TryUpdate_OfSomebodyAbsent_IsFalseAndRemembersNothing()
    {
        Assert.False(_users.TryUpdate("ann", Ann));

        Assert.Null(_users.ProfileOf("ann"));
        Assert.Equal(0, _users.Count);
    }

    [Fact]
    public void Exit_FromTheLastRoom_ForgetsTheUserAndItsProfile()
    {
        Enter(Ann);
        Enter(null);
        Exit();
        Assert.Equal(Ann, _users.ProfileOf("ann"));

        Exit();

        Assert.Null(_users.ProfileOf("ann"));
        Assert.Equal((0, 0), (_users.Count, _users.RoomsOf("ann")));
    }

    private void Enter(UserProfile? profile) =>
        Assert.Equal(
            HeartbeatOutcome.Accepted,
            _users.TryEnter("ann", PresenceComparers.UserId.GetHashCode("ann"), new Heartbeat { RoomId = "r", UserId = "ann", SessionId = "", Profile = profile }, mostRooms: 2, isFirst: false, out _));

    private void Exit() => _users.Exit("ann", PresenceComparers.UserId.GetHashCode("ann"));
}
