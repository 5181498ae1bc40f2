using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>How often something happens.</summary>
internal static class Rates
{
    /// <summary>"0", "0.4", "9.6", "1,240": a decimal only where the number is small, so that it does not tremble.</summary>
    public static string Text(double aSecond) => aSecond switch
    {
        < 0.05 => Numbers.Count(0),
        < 9.95 => aSecond.ToString("0.0", CultureInfo.CurrentCulture),
        _ => Numbers.Count((long)Math.Round(aSecond)),
    };
}
