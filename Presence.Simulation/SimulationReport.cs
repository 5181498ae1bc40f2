using System.Globalization;
using System.Text;

namespace Presence.Simulation;

/// <summary>What a simulation found.</summary>
internal sealed record SimulationReport
{
    private const int RoomsShown = 12;
    private const int MomentsShown = 12;

    public required SimulateOptions Options { get; init; }

    /// <summary>The heartbeat interval in force at the beginning.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>How long it ran, the leaving apart.</summary>
    public required TimeSpan Ended { get; init; }

    public required bool WasInterrupted { get; init; }

    public required Traffic Traffic { get; init; }

    public required int Samples { get; init; }

    public required int FailedSamples { get; init; }

    /// <summary>Every time the server was asked, in order, the last after everybody had left apart.</summary>
    public required IReadOnlyList<CountedMoment> Course { get; init; }

    public required IReadOnlyList<RoomVerdict> Rooms { get; init; }

    /// <summary>Viewers the server counts when all have left: those who vanished, until their timeout.</summary>
    public required int CountedAfterLeaving { get; init; }

    public required int WrongAfterLeaving { get; init; }

    /// <summary>Whether no count was wrong for longer than an interval, nor any at the end or after everybody had left.</summary>
    public bool IsRight => Samples > 0 && WrongAfterLeaving == 0 && Rooms.All(room => room.Deviation == 0 && room.LongestWrong <= Interval);

    public override string ToString()
    {
        var text = new StringBuilder();
        Line(text, $"{Options.Viewers:N0} viewers in {Options.Rooms:N0} rooms for {Ended.TotalSeconds:N0} s, {Asked()}");
        Line(text, $"");
        Line(text, $"sent      {Traffic.Sent:N0} requests, {Traffic.Heartbeats:N0} of them heartbeats; {Traffic.Lost:N0} dropped on purpose, {Traffic.Unanswered:N0} without a reply");
        Line(text, $"answered  {string.Join("   ", Traffic.Answers.Select(answer => FormattableString.Invariant($"{answer.Key}: {answer.Value:N0}")))}");
        Line(text, $"latency   p50 {Milliseconds(0.5)}   p95 {Milliseconds(0.95)}   p99 {Milliseconds(0.99)}   longest {Milliseconds(1)}, of heartbeats");
        Line(text, $"counts    read {Samples:N0} times, {FailedSamples:N0} reads failed; {CountedAfterLeaving:N0} counted after all viewers left");
        Line(text, $"");
        WriteCourse(text);
        Line(text, $"");
        WriteRooms(text);
        Line(text, $"");
        Line(text, $"{Verdict()}");
        return text.ToString();
    }

    private string Asked() => FormattableString.Invariant(
        $"{Options.Churn:P0} leaving each minute, {Options.Lossy:P0} of requests lost{(WasInterrupted ? "; ended early" : "")}");

    /// <summary>Some moments, as far apart from each other as can be, the last one among them.</summary>
    private void WriteCourse(StringBuilder text)
    {
        Line(text, $"{"after",-20}{"count",9}{"truth",15}{"rooms wrong",17}");
        var apart = Math.Max(1, (Course.Count + MomentsShown - 1) / MomentsShown);
        for (var number = (Course.Count - 1) % apart; number >= 0 && number < Course.Count; number += apart)
        {
            var moment = Course[number];
            Line(text, $"{moment.At.TotalSeconds,6:N0} s{"",12}{moment.Count,9:N0}{Range(moment.Least, moment.Most),15}{moment.WrongRooms,17:N0}");
        }
    }

    private void WriteRooms(StringBuilder text)
    {
        Line(text, $"{"room",-20}{"count",9}{"truth",15}{"off",7}{"farthest",10}{"wrong for",11}");
        var worstFirst = Rooms.OrderByDescending(room => Math.Abs(room.Deviation)).ThenByDescending(room => Math.Abs(room.WorstDeviation)).ThenByDescending(room => room.Count);
        foreach (var room in worstFirst.Take(RoomsShown))
            Row(text, room.RoomId, room);
        if (Rooms.Count > RoomsShown)
            Line(text, $"and {Rooms.Count - RoomsShown:N0} more, none of them farther off");
        Row(text, "all", Total());
    }

    private string Verdict()
    {
        var wrong = Rooms.Count(room => room.Deviation != 0);
        var tooLong = Rooms.Count(room => room.LongestWrong > Interval);
        FormattableString verdict = $"Every count was right. The longest any count was wrong is {Total().LongestWrong.TotalSeconds:0.0} s, the heartbeat interval {Interval.TotalSeconds:0.#} s.";
        if (Samples == 0)
            verdict = $"The server's counts couldn't be read.";
        else if (wrong > 0)
            verdict = $"{wrong:N0} of {Rooms.Count:N0} counts were wrong, an interval of {Interval.TotalSeconds:0.#} s after the last join or leave.";
        else if (tooLong > 0)
            verdict = $"{tooLong:N0} of {Rooms.Count:N0} counts were wrong for longer than the heartbeat interval of {Interval.TotalSeconds:0.#} s, the longest for {Total().LongestWrong.TotalSeconds:0.0} s.";
        else if (WrongAfterLeaving > 0)
            verdict = $"{WrongAfterLeaving:N0} of {Rooms.Count:N0} counts were wrong after all viewers had left.";
        return FormattableString.Invariant(verdict);
    }

    private RoomVerdict Total() => new(
        "",
        Rooms.Sum(room => room.Count),
        Rooms.Sum(room => room.Least),
        Rooms.Sum(room => room.Most),
        Rooms.Sum(room => room.Deviation),
        Rooms.Select(room => room.WorstDeviation).MaxBy(Math.Abs),
        Rooms.Max(room => room.LongestWrong));

    private string Milliseconds(double share) => FormattableString.Invariant($"{Traffic.Latency.Percentile(share).TotalMilliseconds:0.0} ms");

    private static void Row(StringBuilder text, string name, RoomVerdict room) => Line(
        text,
        $"{name,-20}{room.Count,9:N0}{Range(room.Least, room.Most),15}{Signed(room.Deviation),7}{Signed(room.WorstDeviation),10}{room.LongestWrong.TotalSeconds,9:0.0} s");

    private static string Range(int least, int most) => least == most
        ? least.ToString("N0", CultureInfo.InvariantCulture)
        : FormattableString.Invariant($"{least:N0}-{most:N0}");

    private static string Signed(int number) => number.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
}

/// <summary>Counts durations in steps of 2 %, from 10 us to minutes. Threads: any. Memory: fixed.</summary>
internal sealed class LatencyHistogram
{
    private const double Shortest = 10e-6;
    private const double Step = 1.02;

    private readonly long[] _buckets = new long[900];
    private long _longest;

    public long Count => _buckets.Sum();

    public TimeSpan Longest => TimeSpan.FromTicks(Volatile.Read(ref _longest));

    public void Record(TimeSpan duration)
    {
        var bucket = (int)Math.Ceiling(Math.Log(Math.Max(duration.TotalSeconds, Shortest) / Shortest, Step));
        Interlocked.Increment(ref _buckets[Math.Min(bucket, _buckets.Length - 1)]);
        for (var longest = Volatile.Read(ref _longest); duration.Ticks > longest;)
            longest = Interlocked.CompareExchange(ref _longest, duration.Ticks, longest);
    }

    /// <summary>What that share of the durations did not exceed, at most 2 % too high; zero when nothing was recorded.</summary>
    public TimeSpan Percentile(double share)
    {
        var rank = Math.Ceiling(Count * share);
        var seen = 0L;
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            seen += Volatile.Read(ref _buckets[bucket]);
            if (seen >= rank && seen > 0)
                return TimeSpan.FromSeconds(Math.Min(Shortest * Math.Pow(Step, bucket), Longest.TotalSeconds));
        }
        return TimeSpan.Zero;
    }
}

/// <summary>What became of one room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Count">The count the server told last.</param>
/// <param name="Least">The least it could rightly have been.</param>
/// <param name="Most">The most.</param>
/// <param name="Deviation">How far it was beyond that; 0 when it was right.</param>
/// <param name="WorstDeviation">The farthest any count was.</param>
/// <param name="LongestWrong">The longest it was wrong without a break.</param>
internal sealed record RoomVerdict(string RoomId, int Count, int Least, int Most, int Deviation, int WorstDeviation, TimeSpan LongestWrong)
{
    public static RoomVerdict Of(RoomComparison room) =>
        new(room.RoomId, room.Count, room.Truth.Least, room.Truth.Most, room.Deviation, room.WorstDeviation, room.LongestWrong);
}

/// <summary>How a simulation goes.</summary>
/// <param name="Elapsed">Since its beginning.</param>
/// <param name="Present">Viewers whose last heartbeat was taken.</param>
/// <param name="Watching">Viewers there are.</param>
/// <param name="Heartbeats">Sent so far.</param>
/// <param name="Latency">What 95 % of the heartbeats did not exceed.</param>
/// <param name="WrongRooms">Rooms whose last count was wrong.</param>
/// <param name="FailedSamples">How often the counts could not be had.</param>
internal sealed record SimulationProgress(TimeSpan Elapsed, int Present, int Watching, long Heartbeats, TimeSpan Latency, int WrongRooms, int FailedSamples);
