using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>Fills the gaps of a sentence that stands in a resource.</summary>
internal static class Sentence
{
    /// <summary>"Showing {0} of {1}." with its values, as the moderator's culture writes them.</summary>
    public static string With(string pattern, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.CurrentCulture, pattern, values);
}
