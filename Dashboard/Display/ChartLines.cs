using System.Globalization;
using System.Text;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>Turns evenly spaced points, null where nothing is known, into the data of an SVG path from 0 to a top. Whole units only.</summary>
internal static class CurveLine
{
    /// <summary>A line for each run of known points; a lone one is a dot where line ends are round.</summary>
    public static string Path(IReadOnlyList<int?> points, int width, int height, int top)
    {
        var path = new StringBuilder(points.Count * 7);
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i] is not { } value)
                continue;
            var begins = i == 0 || points[i - 1] is null;
            path.Append(begins ? 'M' : 'L').Append(Text(X(i, points.Count, width))).Append(' ').Append(Text(Y(value, height, top)));
            if (begins && (i == points.Count - 1 || points[i + 1] is null))
                path.Append("h0");
        }
        return path.ToString();
    }

    /// <summary>The same runs closed along the bottom.</summary>
    public static string Area(IReadOnlyList<int?> points, int width, int height, int top)
    {
        var path = new StringBuilder(points.Count * 7);
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i] is not { } value)
                continue;
            var x = Text(X(i, points.Count, width));
            if (i == 0 || points[i - 1] is null)
                path.Append('M').Append(x).Append(' ').Append(Text(height));
            path.Append('L').Append(x).Append(' ').Append(Text(Y(value, height, top)));
            if (i == points.Count - 1 || points[i + 1] is null)
                path.Append('L').Append(x).Append(' ').Append(Text(height)).Append('Z');
        }
        return path.ToString();
    }

    private static int X(int index, int count, int width) => (int)Math.Round((double)index * width / Math.Max(count - 1, 1));

    private static int Y(int value, int height, int top) => height - (int)Math.Round((double)value * height / Math.Max(top, 1));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Turns samples into the data of an SVG path. Whole units only: the eye sees no less and the wire carries half.</summary>
internal static class TrendLine
{
    public const int SparkWidth = 80;
    public const int SparkHeight = 20;
    private const int SmallestRange = 6;
    private static readonly int SparkSlots = (int)(TimeSpan.FromMinutes(15) / RoomTrend.RecentStep) + 1;

    /// <summary>
    /// A line through the samples in a box of the given size, the last sample at its right edge; <paramref name="slots"/>
    /// samples fill the box, fewer start further right. Empty for fewer than two samples.
    /// </summary>
    public static string Path(IReadOnlyList<int> samples, int slots, int width, int height, int low, int high)
    {
        if (samples.Count < 2)
            return "";

        var path = new StringBuilder(samples.Count * 7);
        for (var i = 0; i < samples.Count; i++)
        {
            var x = X(i, samples.Count, slots, width);
            path.Append(i == 0 ? 'M' : 'L')
                .Append(x.ToString(CultureInfo.InvariantCulture)).Append(' ')
                .Append(Y(samples[i], height, low, high).ToString(CultureInfo.InvariantCulture));
        }
        return path.ToString();
    }

    /// <summary>The same line closed along the bottom.</summary>
    public static string Area(IReadOnlyList<int> samples, int slots, int width, int height, int low, int high)
    {
        var line = Path(samples, slots, width, height, low, high);
        return line.Length == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{line}L{width} {height}L{X(0, samples.Count, slots, width)} {height}Z");
    }

    /// <summary>The small line of the last quarter of an hour, in a box of <see cref="SparkWidth"/> by <see cref="SparkHeight"/>.</summary>
    public static string Spark(IReadOnlyList<int> samples)
    {
        if (samples.Count < 2)
            return "";
        var (low, high) = Range(samples);
        return Path(samples, SparkSlots, SparkWidth, SparkHeight, low, high);
    }

    /// <summary>The scale of a small line: as tall as its samples, but never so fine that one viewer more or less fills it.</summary>
    public static (int Low, int High) Range(IReadOnlyList<int> samples)
    {
        var (low, high) = (samples.Min(), samples.Max());
        var missing = Math.Max(SmallestRange, high / 8) - (high - low);
        return missing <= 0 ? (low, high) : (low - (missing / 2), high + missing - (missing / 2));
    }

    /// <summary>The top of a scale that starts at 0: the next of 1, 2, 5 times a power of ten, at least 4.</summary>
    public static int Ceiling(int highest)
    {
        var power = 1L;
        while (true)
        {
            foreach (var step in (ReadOnlySpan<long>)[1, 2, 4, 5, 8])
            {
                if (step * power >= Math.Max(highest, 4))
                    return (int)Math.Min(step * power, int.MaxValue);
            }
            power *= 10;
        }
    }

    /// <summary>The top of a scale that moves: as it was while the line fills two fifths of it and more, so that it doesn't jump at each crossing of a border.</summary>
    /// <param name="before">The top so far; 0 for none.</param>
    /// <param name="highest">The highest sample now.</param>
    public static int Ceiling(int before, int highest) =>
        highest <= before && (highest * 5L >= before * 2L || before == Ceiling(0)) ? before : Ceiling(highest);

    private static int X(int index, int count, int slots, int width)
    {
        var fromRight = count - 1 - index;
        return width - (int)Math.Round((double)fromRight * width / Math.Max(slots - 1, 1));
    }

    private static int Y(int sample, int height, int low, int high) =>
        high == low ? height / 2 : height - (int)Math.Round((double)(sample - low) * height / (high - low));
}

/// <summary>Turns numbers of minutes into bars: the data of one SVG path.</summary>
internal static class TrendBars
{
    /// <summary>One bar a number, in the space before its sample of the line above (<see cref="TrendLine.Path"/>, the same slots), from <paramref name="baseline"/> up or, with a negative <paramref name="height"/>, down.</summary>
    public static string Path(IReadOnlyList<int> values, int slots, int width, int baseline, int height, int highest)
    {
        if (highest <= 0)
            return "";
        var path = new StringBuilder();
        var step = (double)width / Math.Max(slots - 1, 1);
        var thick = Math.Max(1, (int)(step * 0.6));
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] <= 0)
                continue;
            var tall = (int)Math.Round((double)values[i] * Math.Abs(height) / highest);
            var left = (int)(width - ((values.Count - i) * step) + ((step - thick) / 2));
            var rise = Math.Sign(height) * -Math.Max(tall, 1); // a join is always visible
            path.Append(CultureInfo.InvariantCulture, $"M{left} {baseline}v{rise}h{thick}v{-rise}z");
        }
        return path.ToString();
    }
}
