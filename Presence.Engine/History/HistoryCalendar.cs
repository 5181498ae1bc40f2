namespace Presence.Engine.History;

/// <summary>Divides a range of time into the steps of a chart, by the clock of a time zone. Pure.</summary>
/// <remarks>
/// Steps never overlap and leave nothing out, so what is counted in the hours of a day adds up to the day, also on a day of 23 or 25
/// hours. An hour begins when the clock shows a new hour or was changed: where it is changed by half an hour, two steps are shorter.
/// </remarks>
public static class HistoryCalendar
{
    /// <summary>The unit every hour and day is put together from: it divides the offset of every zone in use.</summary>
    public static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>The most steps one answer holds.</summary>
    public const int MostSteps = 2_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>The step a range is shown in: some hundreds of points, whatever its length.</summary>
    /// <param name="length">How long the range is.</param>
    /// <param name="age">How long ago it began. A step that retention has deleted is not chosen.</param>
    /// <param name="minutes">For how long minutes are kept.</param>
    public static HistoryStep StepFor(TimeSpan length, TimeSpan age, TimeSpan minutes)
    {
        if (length <= TimeSpan.FromHours(8) && age <= minutes)
            return HistoryStep.Minute;
        if (length <= TimeSpan.FromDays(4))
            return HistoryStep.Quarter;
        return length <= TimeSpan.FromDays(31) ? HistoryStep.Hour : HistoryStep.Day;
    }

    /// <summary>The steps of a range: whole ones, from that which contains <paramref name="from"/> to that which contains the last moment before <paramref name="until"/>.</summary>
    /// <param name="from">The range's first moment.</param>
    /// <param name="until">The first moment after it.</param>
    /// <param name="step">How long a step is.</param>
    /// <param name="zone">Whose hours and days.</param>
    /// <exception cref="ArgumentException">There are more than <see cref="MostSteps"/>, or the range is empty.</exception>
    public static IReadOnlyList<HistorySpan> Steps(DateTimeOffset from, DateTimeOffset until, HistoryStep step, TimeZoneInfo zone)
    {
        if (until <= from)
            throw new ArgumentException("The range must end after it begins.", nameof(until));
        var steps = new List<HistorySpan>();
        for (var at = BeginOf(from, step, zone); at < until;)
        {
            if (steps.Count == MostSteps)
                throw new ArgumentException($"The range has more than {MostSteps} steps. Choose a longer step or a shorter range.", nameof(step));
            var end = EndOf(at, step, zone);
            steps.Add(new HistorySpan(at, end));
            at = end;
        }
        return steps;
    }

    /// <summary>When the step that contains an instant began.</summary>
    public static DateTimeOffset BeginOf(DateTimeOffset instant, HistoryStep step, TimeZoneInfo zone)
    {
        if (step == HistoryStep.Minute)
            return Floor(instant, Minute);
        var at = Floor(instant, Quarter);
        if (step == HistoryStep.Quarter)
            return at;

        var (place, before) = (PlaceOf(at, step, zone), at - Quarter);
        while (PlaceOf(before, step, zone) == place)
            (at, before) = (before, before - Quarter);
        return at;
    }

    private static DateTimeOffset EndOf(DateTimeOffset begin, HistoryStep step, TimeZoneInfo zone)
    {
        if (step is HistoryStep.Minute or HistoryStep.Quarter)
            return begin + (step == HistoryStep.Minute ? Minute : Quarter);

        // By the clock, and where the clock was changed meanwhile, quarter by quarter.
        var offset = zone.GetUtcOffset(begin);
        var clock = begin + offset;
        var end = begin + (step == HistoryStep.Hour ? TimeSpan.FromHours(1) - new TimeSpan(clock.Ticks % TimeSpan.TicksPerHour) : TimeSpan.FromDays(1) - clock.TimeOfDay);
        if (zone.GetUtcOffset(end - Quarter) == offset && zone.GetUtcOffset(end) == offset)
            return end;

        var place = PlaceOf(begin, step, zone);
        for (end = begin + Quarter; PlaceOf(end, step, zone) == place;)
            end += Quarter;
        return end;
    }

    /// <summary>What the clock shows of an instant. An hour that is shown twice has two offsets; a day is the same day with both.</summary>
    private static (long Shown, TimeSpan Offset) PlaceOf(DateTimeOffset at, HistoryStep step, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(at);
        var clock = at.UtcTicks + offset.Ticks;
        return step == HistoryStep.Hour ? (clock / TimeSpan.TicksPerHour, offset) : (clock / TimeSpan.TicksPerDay, default);
    }

    private static DateTimeOffset Floor(DateTimeOffset instant, TimeSpan step) => new(instant.UtcTicks - (instant.UtcTicks % step.Ticks), TimeSpan.Zero);
}

/// <summary>How long a step of a chart is.</summary>
public enum HistoryStep : byte
{
    /// <summary>A minute.</summary>
    Minute = 0,

    /// <summary>A quarter of an hour.</summary>
    Quarter = 1,

    /// <summary>An hour of the zone's clock.</summary>
    Hour = 2,

    /// <summary>A day of the zone's calendar.</summary>
    Day = 3,
}

/// <summary>A stretch of time.</summary>
/// <param name="From">Its first moment.</param>
/// <param name="Until">The first moment after it.</param>
public readonly record struct HistorySpan(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Length => Until - From;

    /// <summary>How long something from one instant to another lies in it.</summary>
    public TimeSpan Overlap(DateTimeOffset from, DateTimeOffset until)
    {
        var (first, last) = (from > From ? from : From, until < Until ? until : Until);
        return last > first ? last - first : TimeSpan.Zero;
    }
}
