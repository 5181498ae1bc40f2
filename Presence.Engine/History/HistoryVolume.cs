namespace Presence.Engine.History;

/// <summary>How much history there is, and how much a day adds: counted rows, and what a row takes on the disk.</summary>
/// <param name="At">When it was counted.</param>
/// <param name="DatabaseBytes">The whole database, without the free pages in it.</param>
/// <param name="Recorded">Since how long history is recorded.</param>
public sealed record HistoryVolume(DateTimeOffset At, long DatabaseBytes, TimeSpan Recorded)
{
    /// <summary>A visit with its indexes; broadcasts, people and events are few beside them.</summary>
    public const int VisitBytes = 70;

    /// <summary>A minute or a quarter of an hour.</summary>
    public const int MinuteBytes = 40;

    /// <summary>What a day adds is known from an hour on.</summary>
    public static readonly TimeSpan ShortestMeasure = TimeSpan.FromHours(1);

    /// <summary>Visits that are kept.</summary>
    public long Visits { get; init; }

    /// <summary>Visits a day, by the last 24 hours.</summary>
    public double VisitsADay { get; init; }

    /// <summary>Minutes of rooms and the network a day.</summary>
    public double MinutesADay { get; init; }

    /// <summary>Quarters of an hour a day.</summary>
    public double QuartersADay { get; init; }

    /// <summary>Whether what a day adds is known.</summary>
    public bool IsMeasured => Recorded >= ShortestMeasure;

    /// <summary>What a day adds.</summary>
    public long BytesADay => (long)((VisitsADay * VisitBytes) + ((MinutesADay + QuartersADay) * MinuteBytes));

    /// <summary>About what is kept now.</summary>
    public long KeptBytes(HistorySettings settings) =>
        (Visits * VisitBytes) + MinuteBytesOf(Math.Min(settings.MinuteDays, Recorded.TotalDays)) + QuarterBytesOf(Math.Min(settings.QuarterDays, Recorded.TotalDays));

    /// <summary>About what visits come to once their retention is reached, at the pace of the last day.</summary>
    public long VisitBytesOf(double days) => (long)(VisitsADay * days * VisitBytes);

    /// <summary>The same of minutes.</summary>
    public long MinuteBytesOf(double days) => (long)(MinutesADay * days * MinuteBytes);

    /// <summary>The same of quarters of an hour.</summary>
    public long QuarterBytesOf(double days) => (long)(QuartersADay * days * MinuteBytes);

    /// <summary>About what all comes to once every retention is reached.</summary>
    public long FullBytes(HistorySettings settings) => VisitBytesOf(settings.AttendanceDays) + MinuteBytesOf(settings.MinuteDays) + QuarterBytesOf(settings.QuarterDays);
}
