using System.Text.RegularExpressions;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>
/// Finds what a component's code says in words: literals of two words or with a capital letter, and messages of exceptions, which
/// are written for whoever reads the log or calls the API. What is logged is no page's text.
/// </summary>
internal static partial class CodeSentences
{
    public static IReadOnlyList<string> In(string source, bool isRazor)
    {
        if (isRazor)
            source = CodeBlock().Match(source) is { Success: true } code ? source[code.Index..] : "";
        source = Logged().Replace(Comments().Replace(source, ""), "");
        return
        [
            .. Literal().Matches(source)
                .Select(literal => Hole().Replace(literal.Groups["text"].Value, "").Trim())
                .Where(text => Words().IsMatch(text)),
            .. Message().Matches(source).Select(message => message.Value),
        ];
    }

    [GeneratedRegex(@"^@code\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"(^|\s)//.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\.Log[A-Z]\w*\((.|\n)*?\);", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Logged();

    [GeneratedRegex(@"""(?<text>(\\.|[^""\\\n])*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\p{L}{2,}[,.;:]? \p{L}{2,}\b(?!=)|^\p{Lu}\p{Ll}+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Words();

    [GeneratedRegex(@"\b\w+\.Message\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Message();
}
