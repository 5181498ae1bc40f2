namespace Presence.Engine.Storage;

/// <summary>A moment at which the product ran, by every clock there is.</summary>
/// <param name="At">The wall clock's time.</param>
/// <param name="BootId">Names the run of the operating system; null where it has no such name, or for a stamp of an older version.</param>
/// <param name="Uptime">How long that run had lasted; null for a stamp of an older version.</param>
internal readonly record struct AliveStamp(DateTimeOffset At, string? BootId, TimeSpan? Uptime)
{
    /// <summary>What was known of the wall clock; null for a stamp of an older version.</summary>
    public SteadyStamp? Steady { get; init; }

    /// <summary>How long after the last stamp this one was taken, by a machine that ran all the time; null when it did not, or nobody knows.</summary>
    public TimeSpan? ProvenSince(AliveStamp last) =>
        last.BootId is not null && last.BootId == BootId && Uptime - last.Uptime is { } down && down >= TimeSpan.Zero ? down : null;

    /// <summary>The name of the operating system's present run, by Linux; null elsewhere.</summary>
    public static string? ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The last-alive row: one.</summary>
internal sealed class LastAliveRecord
{
    public int Id { get; init; }
    public DateTimeOffset At { get; init; }
    public string? BootId { get; init; }
    public long? UptimeMilliseconds { get; init; }

    /// <summary>Rises with every stamp; what <see cref="DatabaseMarker"/> compares.</summary>
    public long Beat { get; init; }

    public long? RanMilliseconds { get; init; }
    public DateTimeOffset? Believed { get; init; }
    public DateTimeOffset? Candidate { get; init; }
    public long? CandidateSinceMilliseconds { get; init; }
}
