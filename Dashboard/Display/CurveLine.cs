using System.Globalization;
using System.Text;

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
