using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>Numbers as pages show them.</summary>
internal static class Numbers
{
    private const string Minus = "\u2212";

    /// <summary>"1,240".</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

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
