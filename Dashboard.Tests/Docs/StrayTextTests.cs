namespace Presence.Dashboard.Tests.Docs;

/// <summary>Every word a page shows stands in a resource. Finds those that stand in markup or in a component's code instead.</summary>
public sealed class StrayTextTests
{
    public static TheoryData<string> Components => [.. RepositoryFiles.Under("Dashboard/Components", ".razor")];

    [Theory]
    [MemberData(nameof(Components))]
    public void Component_ItsMarkup_HoldsNoWords(string component)
    {
        var words = RazorWords.In(RepositoryFiles.Read(component));

        Assert.True(words.Count == 0, $"""
            {component} holds words that pages show:

              {string.Join("\n  ", words)}

            Put each into a .resx under Dashboard/Display/Texts/ and write @RoomTexts.ItsName (or the class of your file) in its place; with values in
            it, @Sentence.With(RoomTexts.ItsName, value); with a link, code or emphasis in it, <Prose Text="@RoomTexts.ItsName" />.
            """);
    }

    public static TheoryData<string> Codes => [.. RepositoryFiles.Under("Dashboard/Components", ".razor"), .. RepositoryFiles.Under("Dashboard/Components", ".cs")];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Component_ItsCode_HoldsNoSentences(string component)
    {
        var sentences = CodeSentences.In(RepositoryFiles.Read(component), isRazor: component.EndsWith(".razor", StringComparison.Ordinal));

        Assert.True(sentences.Count == 0, $"""
            {component} holds sentences in its code, which end on a page:

              {string.Join("\n  ", sentences)}

            Put each into a .resx under Dashboard/Display/Texts/, and word what an exception says by its type, not by its Message.
            """);
    }

    [Theory]
    [InlineData("_said = \"It could not be saved.\";", "It could not be saved.")]
    [InlineData("return Is ? \"Saved\" : \"\";", "Saved")]
    [InlineData("_said = $\"{count} joins and leaves\";", "joins and leaves")]
    [InlineData("catch (StoreFullException full)\n{\n    _said = full.Message;\n}", "full.Message")]
    public void In_CodeWithSentences_FindsThem(string code, string expected) => Assert.Equal(expected, string.Join(", ", CodeSentences.In(code, isRazor: false)));

    [Theory]
    [InlineData("Log.LogError(failure, \"The job {Job} could not be started.\", job);")]
    [InlineData("// a \"comment with words\"\n/// <summary>One \"more of them\".</summary>")]
    [InlineData("new DialogOptions { Width = \"min(440px, 92vw)\", CssClass = \"sheet\" }")]
    [InlineData("private string Css => \"is-open\"; private string Key = \"heartbeatIntervalSeconds\";")]
    public void In_CodeWithout_FindsNone(string code) => Assert.Empty(CodeSentences.In(code, isRazor: false));

    [Theory]
    [InlineData("<p>@Texts.One</p>\n@code {\n    private string Text => \"Some words\";\n}", "Some words")]
    [InlineData("<p title=\"Some words\">@Texts.One</p>", "")] // markup has its own test
    public void In_TheCodeOfAComponent_ReadsNothingElse(string razor, string expected) => Assert.Equal(expected, string.Join(", ", CodeSentences.In(razor, isRazor: true)));

    [Theory]
    [InlineData("<p>Hello there</p>", "Hello there")]
    [InlineData("<p>@name watches</p>", "watches")]
    [InlineData("@if (x > 1)\n{\n    <b>Now</b>\n}\nelse\n{\n    <i>Then</i>\n}", "Now, Then")]
    [InlineData("<button aria-label=\"Close\" class=\"big button\" />", "aria-label: Close")]
    [InlineData("<Notice What=\"It failed.\" OnRetry=\"() => Load()\" />", "What: It failed.")]
    [InlineData("<input placeholder='Search rooms' />", "placeholder: Search rooms")]
    [InlineData("<a title=\"@($\"Open {room}\")\">@(isOn ? \"On now\" : Texts.Off)</a>", "title: Open, On now")]
    public void In_MarkupWithWords_FindsThem(string markup, string expected) => Assert.Equal(expected, string.Join(", ", RazorWords.In(markup)));

    [Theory]
    [InlineData("@page \"/rooms\"\n@using Some.Words\n<h1>@Texts.Title</h1>")]
    [InlineData("@* words in a comment *@<p class=\"hint @(x ? \"is-on\" : null)\">@Sentence.With(Texts.Of, a, b) · 12 →</p>")]
    [InlineData("@foreach (var row in Rows)\n{\n    var (a, b) = Both(row);\n    <Row @key=\"row.Id\" Row=\"row\" Href=\"@Link(\"sort\", (string?)null)\" />\n}")]
    [InlineData("<p>@Texts.One</p>\n@code {\n    private string Css => \"some class\";\n}")]
    public void In_MarkupWithout_FindsNone(string markup) => Assert.Empty(RazorWords.In(markup));
}
