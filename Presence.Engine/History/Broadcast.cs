using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Engine.History;

/// <summary>A continuous live period of a room: from the first viewer, or the start in the catalogue, until it was empty for longer than the gap, or ended.</summary>
/// <param name="Id">Names it.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Title">What the catalogue called the room; null shows the id.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended: when the last viewer left, or the room's status was set. Null while it goes on.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Figures">What it came to; null while it goes on, and until that was computed after its end.</param>
public sealed record Broadcast(long Id, string RoomId, string? Title, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, BroadcastEnd End, BroadcastFigures? Figures)
{
    /// <summary>Whether it goes on.</summary>
    public bool IsLive => EndedAt is null;
}

/// <summary>Why a broadcast is over. The numbers are stored.</summary>
public enum BroadcastEnd : byte
{
    /// <summary>It goes on.</summary>
    None = 0,

    /// <summary>The room was empty for longer than the gap allows. It ended when the last viewer left.</summary>
    Empty = 1,

    /// <summary>The room's status was set to ended.</summary>
    Ended = 2,
}

/// <summary>One broadcast, whole.</summary>
/// <param name="Broadcast">With its figures, also while it goes on.</param>
/// <param name="Curve">Viewers by the minute, or by the quarter of an hour where minutes are no longer kept.</param>
/// <param name="Usual">The average of the room's last ten broadcasts before this one, at the same distance from the start; empty when there was none.</param>
/// <param name="Moments">The largest ways in and out, the largest first.</param>
/// <param name="Events">Changes of settings and the room, and bans, while it was live, oldest first.</param>
public sealed record BroadcastReport(
    Broadcast Broadcast,
    HistoryCurve Curve,
    UsualBroadcast? Usual,
    IReadOnlyList<BroadcastMoment> Moments,
    IReadOnlyList<HistoryEvent> Events);

/// <summary>What the broadcasts before one had in common.</summary>
/// <param name="Broadcasts">How many, 1..10.</param>
/// <param name="Curve">The average count by distance from the start, a point each step of the curve it is shown with.</param>
/// <param name="People">The average number of different people.</param>
/// <param name="Peak">The average peak.</param>
public sealed record UsualBroadcast(int Broadcasts, IReadOnlyList<double> Curve, double People, double Peak);

/// <summary>What a broadcast came to.</summary>
public sealed record BroadcastFigures
{
    /// <summary>The most viewers at once.</summary>
    public int Peak { get; init; }

    /// <summary>When they were first so many; null without viewers.</summary>
    public DateTimeOffset? PeakAt { get; init; }

    /// <summary>The average count.</summary>
    public double Average { get; init; }

    /// <summary>Different people with an account.</summary>
    public int Users { get; init; }

    /// <summary>Different people without one.</summary>
    public int Guests { get; init; }

    /// <summary>Visits that began.</summary>
    public int Joins { get; init; }

    /// <summary>What all people watched, hidden time included. A person counts once at a time.</summary>
    public TimeSpan Watched { get; init; }

    /// <summary>The part of it in which the viewer's tabs were all hidden.</summary>
    public TimeSpan Hidden { get; init; }

    /// <summary>Half of the people watched at least this long, all their visits together.</summary>
    public TimeSpan MedianStay { get; init; }

    /// <summary>People who had watched something here before it started.</summary>
    public int Returning { get; init; }

    /// <summary>Different people.</summary>
    public int People => Users + Guests;

    /// <summary>People who had not.</summary>
    public int New => People - Returning;

    /// <summary>What a person watched on average.</summary>
    public TimeSpan WatchedEach => People > 0 ? Watched / People : TimeSpan.Zero;
}

/// <summary>A stretch in which many came or went.</summary>
/// <param name="From">When it began: a whole minute after the start.</param>
/// <param name="Until">When it was over, 1 to 10 minutes later.</param>
/// <param name="Change">By how much the count changed; negative for a fall.</param>
/// <param name="Cause">What it came from, as far as can be told.</param>
/// <param name="Finding">For a fall, what those who left have in common.</param>
public sealed record BroadcastMoment(DateTimeOffset From, DateTimeOffset Until, int Change, MomentCause Cause, DropFinding? Finding);

/// <summary>What a moment came from. The numbers are stored.</summary>
public enum MomentCause : byte
{
    /// <summary>Nothing that is known.</summary>
    Unknown = 0,

    /// <summary>The broadcast began.</summary>
    Start = 1,

    /// <summary>The broadcast ended.</summary>
    End = 2,

    /// <summary>Settings of the network or the room were changed.</summary>
    Settings = 3,

    /// <summary>Presence was switched off.</summary>
    Disabled = 4,

    /// <summary>People were banned.</summary>
    Ban = 5,

    /// <summary>Most timed out: their connections broke, or the app.</summary>
    Delivery = 6,

    /// <summary>Most left by themselves.</summary>
    Content = 7,
}

/// <summary>Who left in a stretch of time, and what they have in common.</summary>
/// <param name="Span">When.</param>
/// <param name="Before">How many were there when it began.</param>
/// <param name="After">How many when it was over.</param>
/// <param name="Joined">How many joined.</param>
/// <param name="Left">Visits that ended, by reason.</param>
/// <param name="LeftBefore">The same in the quarter of an hour before.</param>
/// <param name="Devices">Those who left by device and app version, most first, at most ten.</param>
/// <param name="Stays">Those who left by how long they had watched.</param>
/// <param name="Events">Changes somebody made in it, or in the two minutes before.</param>
/// <param name="Cause">What it came from, as far as can be told.</param>
/// <param name="Finding">One sentence's worth.</param>
public sealed record DropReport(
    HistorySpan Span,
    int Before,
    int After,
    int Joined,
    LeaveCounts Left,
    LeaveCounts LeftBefore,
    IReadOnlyList<DeviceLeaves> Devices,
    IReadOnlyList<StayLeaves> Stays,
    IReadOnlyList<HistoryEvent> Events,
    MomentCause Cause,
    DropFinding Finding);

/// <summary>Those on one device and app version.</summary>
/// <param name="Device">Which.</param>
/// <param name="Left">How many left.</param>
/// <param name="Present">How many there were when the stretch began.</param>
public sealed record DeviceLeaves(SessionDevice Device, int Left, int Present);

/// <summary>Those who had watched for about as long.</summary>
/// <param name="From">At least this long.</param>
/// <param name="Until">And less than this; null for the longest.</param>
/// <param name="Left">How many left.</param>
public sealed record StayLeaves(TimeSpan From, TimeSpan? Until, int Left);

/// <summary>What a sentence about a fall says: "82 of 97 timed out, before it was 2 of 9; 79 were on 4.2.1 for Android, which is 18 % of the room".</summary>
/// <param name="Left">How many left.</param>
/// <param name="Reason">The reason most of them had, more than half; <see cref="LeaveReason.None"/> when there is none.</param>
/// <param name="OfReason">How many had it.</param>
/// <param name="LeftBefore">How many left in the quarter of an hour before.</param>
/// <param name="OfReasonBefore">How many of those had the reason.</param>
/// <param name="Device">The device and version that stands out: half of those who left, and at least twice its share of the room. Null when none does.</param>
/// <param name="OfDevice">How many were on it.</param>
/// <param name="DeviceShare">Its share of the room when the stretch began, 0..1.</param>
public sealed record DropFinding(int Left, LeaveReason Reason, int OfReason, int LeftBefore, int OfReasonBefore, SessionDevice? Device, int OfDevice, double DeviceShare);

/// <summary>What is kept of changes made by people. The numbers are stored.</summary>
public enum HistoryEventKind : byte
{
    /// <summary>The network's settings.</summary>
    SettingsChanged = 0,

    /// <summary>A room's title, status or own settings.</summary>
    RoomChanged = 1,

    /// <summary>Somebody was banned.</summary>
    Banned = 2,

    /// <summary>A ban was lifted.</summary>
    BanLifted = 3,
}
