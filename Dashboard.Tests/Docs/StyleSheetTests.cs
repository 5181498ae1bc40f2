namespace Presence.Dashboard.Tests.Docs;

/// <summary>A browser says nothing of a block that is never closed: the rules behind it just hold nowhere.</summary>
public sealed class StyleSheetTests
{
    [Fact]
    public void Blocks_EachOne_IsClosedBeforeTheNextSection()
    {
        var open = 0;
        var line = 0;
        foreach (var text in RepositoryFiles.Read("Dashboard/wwwroot/app.css").Split('\n'))
        {
            line++;
            if (text.StartsWith("/*", StringComparison.Ordinal) || text.StartsWith("@media", StringComparison.Ordinal))
                Assert.True(open == 0, $"Line {line} begins a section inside a block that is still open.");
            open += text.Count(character => character == '{') - text.Count(character => character == '}');
        }

        Assert.Equal(0, open);
    }
}
