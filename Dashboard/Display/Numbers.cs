using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>Numbers as pages show them, written as the viewer's culture does.</summary>
internal static class Numbers
{
    private const string Minus = "\u2212";

    /// <summary>"1,240".</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>"40", "3.3": a pace, with a decimal where it is small.</summary>
    public static string Pace(double perSecond) => perSecond.ToString(perSecond is 0 or >= 10 ? "N0" : "N1", CultureInfo.CurrentCulture);

    /// <summary>"86 %", as the culture writes it; 100 only when nothing is missing.</summary>
    public static string Share(long part, long whole) =>
        (whole <= 0 ? 0 : Math.Floor(100d * part / whole) / 100).ToString("P0", CultureInfo.CurrentCulture);

    /// <summary>"812 KB", "1.4 MB".</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000_000 => Sentence.With(SharedTexts.Kilobytes, Math.Ceiling(bytes / 1_000d)),
        < 1_000_000_000 => Sentence.With(SharedTexts.Megabytes, bytes / 1_000_000d),
        _ => Sentence.With(SharedTexts.Gigabytes, bytes / 1_000_000_000d),
    };

    /// <summary>"+12", "−3", "±0": as wide as each other in tabular figures.</summary>
    public static string Change(int change) => change switch
    {
        > 0 => "+" + Count(change),
        < 0 => Minus + Count(-(long)change),
        _ => "±0",
    };

    /// <summary>"1 room", "1,240 rooms".</summary>
    public static string Of(long count, string one, string many) => Count(count) + " " + (count == 1 ? one : many);
}
