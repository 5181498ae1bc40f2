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

/// <summary>An average of a count.</summary>
internal static class Averages
{
    /// <summary>"134", "3.4", "0": a decimal only where the number is small.</summary>
    public static string Text(double average) => average.ToString(average is 0 or >= 9.95 ? "N0" : "0.#", CultureInfo.CurrentCulture);
}

/// <summary>How a count moved, as pages show it.</summary>
internal static class CountChanges
{
    /// <summary>"−100 (−53 %)": the number, and its share of what was there before, where something was.</summary>
    /// <param name="change">How the count moved.</param>
    /// <param name="now">The count after it.</param>
    public static string Text(int change, int now)
    {
        var sign = Numbers.Change(change)[..1];
        return Share(change, now) is { } share ? Sentence.With(SharedTexts.ChangeAndShare, Numbers.Change(change), sign + share) : Numbers.Change(change);
    }

    /// <summary>"53 %": the share of what was there before; null where nothing was, or nothing moved.</summary>
    public static string? Share(int change, int now)
    {
        var before = (long)now - change;
        if (change == 0 || before <= 0)
            return null;
        var share = Math.Abs((double)change / before);
        return share.ToString(share < 0.0095 ? "P1" : "P0", CultureInfo.CurrentCulture);
    }

    /// <summary>Whether a minute moved a room sharply, which its tile on the wall then shows: four people, and a sixteenth of those before.</summary>
    public static bool IsSharp(int change, int now) => Math.Abs((long)change) >= Math.Max(4, ((long)now - change) / 16);

    /// <summary>The colour of a direction.</summary>
    public static string Css(int change) => change switch
    {
        > 0 => "change-up",
        < 0 => "change-down",
        _ => "change-none",
    };
}
