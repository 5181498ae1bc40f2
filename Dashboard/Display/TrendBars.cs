using System.Globalization;
using System.Text;

namespace Presence.Dashboard.Display;

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
            var rise = Math.Sign(height) * -Math.Max(tall, 1); // somebody came: that is never nothing
            path.Append(CultureInfo.InvariantCulture, $"M{left} {baseline}v{rise}h{thick}v{-rise}z");
        }
        return path.ToString();
    }
}
