using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Presence.Dashboard.Components.Shared;

/// <summary>
/// A sentence of a resource with the little markup sentences need: <c>`code`</c>, <c>**strong**</c> and
/// <c>[a link](settings)</c>. So a sentence stays in one piece for translators. Never for what users typed.
/// </summary>
public sealed partial class InlineMarkdown : ComponentBase
{
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var from = 0;
        foreach (Match mark in Marks().Matches(Text))
        {
            builder.AddContent(0, Text[from..mark.Index]);
            if (mark.Groups["code"] is { Success: true } code)
                AddElement(builder, "code", code.Value);
            else if (mark.Groups["strong"] is { Success: true } strong)
                AddElement(builder, "strong", strong.Value);
            else
                AddElement(builder, "a", mark.Groups["link"].Value, mark.Groups["href"].Value);
            from = mark.Index + mark.Length;
        }
        builder.AddContent(4, Text[from..]);
    }

    private static void AddElement(RenderTreeBuilder builder, string name, string text, string? href = null)
    {
        builder.OpenElement(1, name);
        builder.AddAttribute(2, "href", href); // null adds no attribute
        builder.AddContent(3, text);
        builder.CloseElement();
    }

    [GeneratedRegex(@"`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|\[(?<link>[^\]]+)\]\((?<href>[^)]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Marks();
}
