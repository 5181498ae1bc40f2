using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>How a count moved, as pages show it.</summary>
internal static class CountChanges
{
    /// <summary>"−100 (−53 %)": the number, and its share of what was there before, where something was.</summary>
    /// <param name="change">How the count moved.</param>
    /// <param name="now">The count after it.</param>
    public static string Text(int change, int now)
    {
        var before = (long)now - change;
        if (change == 0 || before <= 0)
            return Numbers.Change(change);
        var share = Math.Abs((double)change / before);
        var written = share.ToString(share < 0.0095 ? "P1" : "P0", CultureInfo.CurrentCulture);
        var sign = Numbers.Change(change)[..1];
        return Sentence.With(SharedTexts.ChangeAndShare, Numbers.Change(change), sign + written);
    }

    /// <summary>The colour of a direction.</summary>
    public static string Css(int change) => change switch
    {
        > 0 => "change-up",
        < 0 => "change-down",
        _ => "change-none",
    };
}
