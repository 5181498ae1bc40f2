using System.Text.RegularExpressions;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>
/// Reads the markup of a component as far as it takes to tell words from code: markup and blocks of C# inside each other, as
/// these sources write them. A word is two letters in a row, or more.
/// </summary>
internal sealed partial class RazorWords
{
    /// <summary>Attributes that people read or hear, those of this product's own components included.</summary>
    private static readonly HashSet<string> Heard = new(StringComparer.Ordinal)
    {
        "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt", "label",
        "AriaLabel", "Caption", "Description", "Explanation", "Heading", "Hint", "Label", "Message", "Placeholder", "Suffix", "Text", "Title", "Tooltip", "Unit", "What", "Why",
    };

    private static readonly HashSet<string> Void = new(["meta", "link", "input", "br", "hr", "img", "!DOCTYPE"], StringComparer.Ordinal);

    private readonly string _razor;
    private readonly List<string> _found = [];
    private int _at;

    private RazorWords(string razor) => _razor = razor;

    public static IReadOnlyList<string> In(string razor)
    {
        var text = Comments().Replace(razor, "");
        text = Directives().Replace(CodeBlock().Match(text) is { Success: true } code ? text[..code.Index] : text, "");
        var words = new RazorWords(text);
        while (words._at < words._razor.Length)
            words.ReadContent();
        return words._found;
    }

    private char Next => _at < _razor.Length ? _razor[_at] : '\0';

    /// <summary>Text, elements and expressions, to the end of the element they stand in.</summary>
    private void ReadContent()
    {
        while (_at < _razor.Length)
        {
            var end = _razor.AsSpan(_at).IndexOfAny('<', '@');
            var text = _razor.Substring(_at, end < 0 ? _razor.Length - _at : end);
            Add(text.Trim(), null);
            _at += text.Length;
            if (Next == '@')
                ReadExpression(null);
            else if (_razor.AsSpan(_at).StartsWith("</", StringComparison.Ordinal))
            {
                _at = _razor.IndexOf('>', _at) + 1;
                return;
            }
            else if (Next == '<')
                ReadElement();
        }
    }

    private void ReadElement()
    {
        var name = Name().Match(_razor, _at + 1).Value;
        _at += 1 + name.Length;
        while (Next is not ('>' or '/' or '\0'))
        {
            if (Attribute().Match(_razor, _at) is { Success: true } attribute)
                ReadAttribute(attribute);
            else
                _at++;
        }
        var isEmpty = Next == '/' || Void.Contains(name);
        _at = _razor.IndexOf('>', _at) + 1;
        if (!isEmpty)
            ReadContent();
    }

    private void ReadAttribute(Match attribute)
    {
        var name = attribute.Groups["name"].Value;
        var heard = Heard.Contains(name) ? name : "";
        _at += attribute.Length;
        if (attribute.Groups["quote"].Value is not { Length: 1 } quote)
            return;
        var from = _at;
        while (Next != quote[0] && _at < _razor.Length)
        {
            if (Next == '@')
            {
                Add(_razor[from.._at], heard);
                ReadExpression(heard);
                from = _at;
            }
            else if (Next == '(')
                Skip('(', ')'); // the quotes of a handler written in code
            else
                _at++;
        }
        Add(_razor[from.._at], heard);
        _at++;
    }

    /// <summary>From the @ on. The literals of what stands in brackets may be shown; those a call takes are keys.</summary>
    private void ReadExpression(string? attribute)
    {
        _at++;
        if (ControlFlow().Match(_razor, _at) is { Success: true } flow)
        {
            _at += flow.Length;
            if (Next == '(')
                Skip('(', ')');
            ReadBlock();
            return;
        }
        if (Next == '(')
        {
            var from = _at;
            Skip('(', ')');
            foreach (Match literal in Literal().Matches(_razor[from.._at]))
                Add(Hole().Replace(literal.Groups["text"].Value, "").Trim(), attribute);
            return;
        }
        while (true)
        {
            _at += Member().Match(_razor, _at).Length;
            if (Next == '(')
                Skip('(', ')');
            else if (Next == '[')
                Skip('[', ']');
            else if (Member().Match(_razor, _at).Length == 0)
                return;
        }
    }

    /// <summary>C# with elements among its statements, from its opening brace on; whatever follows with "else" as well.</summary>
    private void ReadBlock()
    {
        SkipSpace();
        if (Next != '{')
            return;
        _at++;
        for (SkipSpace(); Next is not ('}' or '\0'); SkipSpace())
        {
            if (Next == '<')
                ReadElement();
            else if (Next == '@')
                ReadExpression(null);
            else
                ReadStatement();
        }
        _at++;

        if (Else().Match(_razor, _at) is not { Success: true } otherwise)
            return;
        _at += otherwise.Length;
        if (Next == '(')
            Skip('(', ')');
        ReadBlock();
    }

    private void ReadStatement()
    {
        if (Label().Match(_razor, _at) is { Success: true } label)
        {
            _at += label.Length;
            return;
        }
        while (Next is not (';' or '{' or '\0'))
        {
            if (Next == '(')
                Skip('(', ')');
            else
                _at++;
        }
        if (Next == '{')
            ReadBlock();
        else
            _at++;
    }

    private void Skip(char open, char close)
    {
        for (var depth = 0; _at < _razor.Length; _at++)
        {
            if (Next == '"')
                _at += Literal().Match(_razor, _at).Length - 1;
            else if (Next == open)
                depth++;
            else if (Next == close && --depth == 0)
            {
                _at++;
                return;
            }
        }
    }

    private void SkipSpace()
    {
        while (char.IsWhiteSpace(Next))
            _at++;
    }

    /// <summary>Notes what people read: of the page itself (no attribute), or of an attribute they hear; the empty name is one they do not.</summary>
    private void Add(string text, string? attribute)
    {
        if (attribute is "" || !Word().IsMatch(Entity().Replace(text, "")))
            return;
        // A parameter given without @ is code where it names a member: Text="_text", Name="Input.Email".
        if (attribute is not null && Code().IsMatch(text))
            return;
        _found.Add(attribute is null ? text : $"{attribute}: {text}");
    }

    [GeneratedRegex(@"@\*.*?\*@|<!--.*?-->", RegexOptions.Singleline, 1000)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^@code\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^@(page|using|inherits|implements|inject|attribute|layout|typeparam|rendermode|namespace|preservewhitespace) .*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Directives();

    [GeneratedRegex(@"\G(if|for|foreach|while|switch|lock|using)\s*(?=\()|\G(?={)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ControlFlow();

    [GeneratedRegex(@"\G\s*else(\s+if\s*(?=\())?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Else();

    [GeneratedRegex(@"\G(case\b[^:]*:|default:|break;)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex(@"\G([!?]?\.)?[\w]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Member();

    [GeneratedRegex(@"\G[!/]?[\w.-]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\G(?<name>[@\w:.-]+)(\s*=\s*(?<quote>[""']))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\$?""(?<text>(\\.|[^""\\])*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"^(_\w+|[\w!?]+(\.[\w!?]+)+(\(.*\))?)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"&\w+;", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Entity();

    [GeneratedRegex(@"\p{L}{2}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();
}
