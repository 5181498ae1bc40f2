using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Support;

/// <summary>Rooms without an engine around them.</summary>
internal static class LoneRoom
{
    public static NetworkState Network(TimeProvider? time = null)
    {
        time ??= new ManualTimeProvider();
        return new(new PresenceClock(time), new SettingsHolder(PresenceSettings.Default), new PresenceLimits(), new MembershipJournal(() => [], time), new Removals(1), new KnownProfiles());
    }

    public static void Beat(this Room room, string user, string session = "")
    {
        var heartbeat = new Heartbeat { RoomId = room.Id, UserId = user, SessionId = session };
        Assert.True(room.TryHeartbeat(heartbeat, PresenceComparers.UserId.GetHashCode(user), out _));
    }

    public static void Leave(this Room room, string user, string session = "") => Assert.True(room.Leave(user, session, PresenceComparers.UserId.GetHashCode(user)));
}
