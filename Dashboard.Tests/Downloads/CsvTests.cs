using System.Text;
using Presence.Dashboard.Downloads;

namespace Presence.Dashboard.Tests.Downloads;

public sealed class CsvTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("a;b", "\"a;b\"")]
    public void AppendLine_OfAField_IsSafeAndReadable(string field, string expected)
    {
        var text = new StringBuilder();

        Csv.AppendLine(text, ["first", field]);

        Assert.Equal($"first,{expected}\r\n", text.ToString());
    }

    [Fact]
    public void AppendLine_WithSemicolons_SeparatesByThem()
    {
        var text = new StringBuilder();

        Csv.AppendLine(text, ["first", "a,b", "=1"], Csv.Semicolon);

        Assert.Equal("first;\"a,b\";'=1\r\n", text.ToString());
    }

    [Fact]
    public void Encoding_OfAFile_BeginsWithTheMark() => Assert.Equal([0xEF, 0xBB, 0xBF], Csv.Encoding.GetPreamble());
}
