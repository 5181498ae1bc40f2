using Presence.Engine.Rooms;

namespace Presence.Engine.History;

/// <summary>Other settings, tried on the heartbeats of the last day.</summary>
/// <param name="RoomId">The room; null for the network.</param>
/// <param name="Interval">The heartbeat interval to try.</param>
/// <param name="Timeout">The presence timeout to try.</param>
public sealed record RehearsalQuery(string? RoomId, TimeSpan Interval, TimeSpan Timeout);

/// <summary>What other settings would have come to, beside what those in force did.</summary>
/// <param name="Span">How much of the last day was recorded.</param>
/// <param name="Now">With the settings in force now.</param>
/// <param name="Tried">With those tried.</param>
public sealed record Rehearsal(TimeSpan Span, RehearsalOutcome Now, RehearsalOutcome Tried)
{
    /// <summary>By what sessions ran on, those with the most false leaves first, then those that differ most.</summary>
    public IReadOnlyList<RehearsalOfDevice> Devices { get; init; } = [];
}

/// <summary>What settings come to.</summary>
/// <param name="HeartbeatsPerSecond">Heartbeats of one session a viewer, on average over the time recorded.</param>
/// <param name="FalseLeaves">Leaves of viewers whose next heartbeat was on its way: it came within <see cref="SettingsRehearsal.Return"/> of the one before.</param>
/// <param name="Viewers">The average count.</param>
public readonly record struct RehearsalOutcome(double HeartbeatsPerSecond, int FalseLeaves, double Viewers);

/// <summary>The false leaves of one device and app version.</summary>
/// <param name="Device">What sessions said they run on.</param>
/// <param name="Now">With the settings in force.</param>
/// <param name="Tried">With those tried.</param>
public readonly record struct RehearsalOfDevice(SessionDevice Device, int Now, int Tried);

/// <summary>Replays recorded gaps between heartbeats with another interval and timeout. Pure.</summary>
/// <remarks>
/// Heartbeats in time need no replay, since a timeout is longer than its interval by 5 s at least (rule 5). Of those that came
/// late, the gap to the one before changes by half of what the interval does: a network is away for as long as before, from an
/// instant that lies anywhere between two heartbeats.
/// </remarks>
public static class SettingsRehearsal
{
    /// <summary>Who is back this soon after the last heartbeat was there all the time.</summary>
    public static readonly TimeSpan Return = TimeSpan.FromMinutes(5);

    /// <summary>Computes what both come to.</summary>
    /// <param name="record">What was recorded.</param>
    /// <param name="now">Interval and timeout in force; what was recorded is taken to have been recorded with them.</param>
    /// <param name="tried">Those to try.</param>
    public static Rehearsal Of(RehearsalRecord record, (TimeSpan Interval, TimeSpan Timeout) now, (TimeSpan Interval, TimeSpan Timeout) tried)
    {
        var span = record.Span.TotalSeconds;
        var viewers = span > 0 ? record.Viewers / record.Span : 0;
        var changed = record.Departures * (tried.Timeout - now.Timeout).TotalSeconds; // each counts until its deadline
        var devices = new Dictionary<SessionDevice, (int Now, int Tried)>();
        foreach (var gap in record.Gaps)
        {
            var silent = gap.Late + now.Interval;
            var silentThen = silent + ((tried.Interval - now.Interval) / 2);
            var (wasMissed, isMissed) = (silent >= now.Timeout, silentThen >= tried.Timeout);
            if (wasMissed)
                changed += gap.Count * (silent - now.Timeout).TotalSeconds;
            if (isMissed)
                changed -= gap.Count * (silentThen - tried.Timeout).TotalSeconds;
            var (before, after) = devices.GetValueOrDefault(gap.Device);
            devices[gap.Device] = (before + (wasMissed ? gap.Count : 0), after + (isMissed ? gap.Count : 0));
        }
        var there = span > 0 ? Math.Max(0, viewers + (changed / span)) : 0;
        return new Rehearsal(
            record.Span,
            new RehearsalOutcome(viewers / now.Interval.TotalSeconds, devices.Values.Sum(device => device.Now), viewers),
            new RehearsalOutcome(there / tried.Interval.TotalSeconds, devices.Values.Sum(device => device.Tried), there))
        {
            Devices = [.. devices
                .Where(device => device.Value is not (0, 0))
                .Select(device => new RehearsalOfDevice(device.Key, device.Value.Now, device.Value.Tried))
                .OrderByDescending(device => device.Tried)
                .ThenByDescending(device => device.Now)
                .ThenBy(device => device.Device.Name, StringComparer.Ordinal)
                .ThenBy(device => device.Device.AppVersion, StringComparer.Ordinal)],
        };
    }
}

/// <summary>What a rehearsal counts with.</summary>
/// <param name="Span">How much time was recorded.</param>
/// <param name="Viewers">The time all viewers were counted, added up.</param>
/// <param name="Departures">Timeouts of viewers who did not come back soon.</param>
/// <param name="Gaps">Heartbeats that came late: before the deadline, and soon after it.</param>
public sealed record RehearsalRecord(TimeSpan Span, TimeSpan Viewers, int Departures, IReadOnlyList<LateGap> Gaps)
{
    /// <summary>How far back a rehearsal looks.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromDays(1);
}

/// <summary>Heartbeats that were late by the same time.</summary>
/// <param name="Device">What the session runs on.</param>
/// <param name="Late">By how much, after the interval asked for.</param>
/// <param name="Count">How many.</param>
public readonly record struct LateGap(SessionDevice Device, TimeSpan Late, int Count);
