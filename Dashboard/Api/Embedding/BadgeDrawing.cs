using System.Globalization;
using System.Net;
using System.Text;
using System.Xml;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>Draws a badge: a dot, the count, a word. An image of its own, without a script, a font or a link in it.</summary>
internal static class BadgeDrawing
{
    public const int LongestLabel = 32;
    public const string DefaultLabel = "watching";

    /// <summary>In place of the count while presence is off.</summary>
    private const string Nothing = "–";

    private const double TextStart = 20;
    private const double Gap = 4;
    private const double Margin = 9;

    private const string Light = "rect{fill:#fff;stroke:#d4d6dc}.n{fill:#17181b}.l{fill:#565962}circle{fill:#14713f}.off{fill:#8b8e98}";
    private const string Dark = "rect{fill:#141518;stroke:#3a3c43}.n{fill:#edeef0}.l{fill:#a5a8b1}circle{fill:#55c78d}.off{fill:#6a6d77}";
    private const string Font = "text{font:600 11px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}.l{font-weight:400}";

    /// <summary>Why a label cannot be drawn; null when it can.</summary>
    public static string? ProblemOfLabel(string label) =>
        label.All(character => !char.IsControl(character) && (char.IsSurrogate(character) || XmlConvert.IsXmlChar(character))) ? null : "label has a character that cannot be shown.";

    /// <param name="count">How many watch; null while presence is off.</param>
    /// <param name="label">What stands behind the number.</param>
    /// <param name="theme">For which kind of page.</param>
    public static byte[] Draw(int? count, string label, BadgeTheme theme)
    {
        var number = count?.ToString("N0", CultureInfo.InvariantCulture) ?? Nothing;
        var (numberWidth, labelWidth) = (WidthOf(number, 6.8), WidthOf(label, 6.1));
        var labelStart = TextStart + numberWidth + Gap;
        var width = Math.Ceiling(labelStart + labelWidth + Margin);
        // Widths are said and kept, so that the words fit whichever font a reader has.
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="22" viewBox="0 0 {width} 22" role="img" aria-label="{Escaped($"{number} {label}")}"><title>{Escaped($"{number} {label}")}</title><style>{Font}{StyleOf(theme)}</style><rect x=".5" y=".5" width="{width - 1}" height="21" rx="10.5"/><circle{(count is null ? " class=\"off\"" : "")} cx="11.5" cy="11" r="3"/><text class="n" x="{TextStart:0.#}" y="15" textLength="{numberWidth:0.#}" lengthAdjust="spacingAndGlyphs">{number}</text><text class="l" x="{labelStart:0.#}" y="15" textLength="{labelWidth:0.#}" lengthAdjust="spacingAndGlyphs">{Escaped(label)}</text></svg>
            """));
    }

    private static string StyleOf(BadgeTheme theme) => theme switch
    {
        BadgeTheme.Light => Light,
        BadgeTheme.Dark => Dark,
        _ => $"{Light}@media(prefers-color-scheme:dark){{{Dark}}}",
    };

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>About how wide a text is in 11 px of any usual font.</summary>
    private static double WidthOf(string text, double usual) => text.EnumerateRunes().Sum(rune => rune.Value switch
    {
        ',' or '.' or '\'' or ' ' or ':' or 'i' or 'j' or 'l' or 'I' or '|' or '!' => 3.2,
        'f' or 't' or 'r' or '-' or '(' or ')' => 4.2,
        'm' or 'w' or 'M' or 'W' or '@' => 9,
        >= 'A' and <= 'Z' => 7.2,
        >= 0x2E80 => 11.5,
        _ => usual,
    });
}
