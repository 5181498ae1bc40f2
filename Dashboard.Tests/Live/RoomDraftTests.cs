using Presence.Dashboard.Live;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Tests.Live;

/// <summary>What a moderator types about a room or a removal, and what becomes of it.</summary>
public sealed class RoomDraftTests
{
    private static readonly RoomDefinition Odd = new()
    {
        Title = "Final",
        Overrides = new RoomOverrides { Enabled = true, HeartbeatInterval = TimeSpan.FromMilliseconds(19_500), PresenceTimeout = TimeSpan.FromSeconds(90) },
    };

    [Fact]
    public void On_WithNothingTouched_IsTheDefinition()
    {
        Assert.Equal(Odd, RoomDraft.Of(Odd).On(Odd));
        Assert.Equal(RoomDefinition.Unknown, RoomDraft.Of(RoomDefinition.Unknown).On(RoomDefinition.Unknown));
    }

    [Fact]
    public void On_WithEverythingTouched_IsWhatWasTyped()
    {
        var draft = RoomDraft.Of(Odd);
        draft.Title = "  ";
        draft.IsEnded = true;
        draft.IsOff = true;
        draft.HeartbeatIntervalSeconds = 25;
        draft.PresenceTimeoutSeconds = null;

        Assert.Equal(
            new RoomDefinition { Status = RoomStatus.Ended, Overrides = new RoomOverrides { Enabled = false, HeartbeatInterval = TimeSpan.FromSeconds(25) } },
            draft.On(Odd));
    }

    [Fact]
    public void On_SwitchedOnAgain_FollowsTheNetwork()
    {
        var off = new RoomDefinition { Overrides = new RoomOverrides { Enabled = false } };
        var draft = RoomDraft.Of(off);
        draft.IsOff = false;

        Assert.Null(draft.On(off).Overrides.Enabled);
    }

    [Fact]
    public void Span_OfALengthOfOnesOwn_EndsAtTheCap()
    {
        var draft = new RemovalDraft { Unit = RemovalUnit.Days };

        draft.Number = draft.LargestNumber;
        Assert.Equal(RemovalRules.Longest, draft.Span);
        draft.Number++;
        Assert.Null(draft.Span);
        draft.Number = 0;
        Assert.Null(draft.Span);
        draft.Number = null;
        Assert.Null(draft.Span);
        (draft.IsUntil, draft.Until) = (true, "2026-11-22T01:30");
        var now = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(now.AddMinutes(30), draft.EndAt(now, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));
        Assert.Null(draft.EndAt(now.AddHours(1), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));
        draft.Until = "soon";
        Assert.Null(draft.EndAt(now, TimeZoneInfo.Utc));
    }

    [Fact]
    public void ReasonOrNull_OfBlanks_SaysNothing()
    {
        Assert.Null(new RemovalDraft { Reason = "  " }.ReasonOrNull);
        Assert.Equal("spam", new RemovalDraft { Reason = " spam " }.ReasonOrNull);
    }
}
