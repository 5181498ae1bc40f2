namespace Presence.Engine.Tests.Users;

public sealed class LettersTests
{
    [Theory]
    [InlineData("José", "jose")]
    [InlineData("Jose\u0301", "jose")]
    [InlineData("ŁUKASZ", "lukasz")]
    [InlineData("Øyvind Ødegård", "oyvind odegard")]
    [InlineData("Weiß", "weiss")]
    [InlineData("WEISS", "weiss")]
    [InlineData("GROẞ", "gross")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ısı", "isi")]
    [InlineData("Ｗｉｄｅ", "wide")]
    [InlineData("Đặng", "dang")]
    [InlineData("ﬁne", "fine")]
    [InlineData("Æsir Œuvre Þór", "aesir oeuvre thor")]
    [InlineData("ΣΊΣΥΦΟΣ", "σισυφοσ")]
    [InlineData("Σίσυφος", "σισυφοσ")]
    [InlineData("Олег", "олег")]
    [InlineData("Ёлка", "елка")]
    [InlineData("が", "が")]
    [InlineData("か\u3099", "が")]
    [InlineData("ﾊﾟﾝ", "パン")]
    [InlineData("한글", "한글")]
    [InlineData("山田", "山田")]
    [InlineData("a\u200Bn\u200Dn\u202Ea\uFEFF", "anna")]
    [InlineData("𝐁old", "bold")]
    [InlineData("👍🏽", "👍🏽")]
    [InlineData("\u00ADĲssel \u00B4n ǅ\u0130", "ijssel  n dzi")]
    [InlineData("", "")]
    public void Fold_SpellingsOfOneName_AreOne(string text, string folded) => Assert.Equal(folded, Letters.Fold(text));

    [Fact]
    public void Fold_LatinLetters_IsTheSameWhateverStandsBesideThem()
    {
        for (var letter = '\u0001'; letter <= '\u0250'; letter++)
        {
            var text = $"{letter}é{letter}{(char)(letter / 2)}";

            Assert.Equal(Letters.Fold(text + "山"), Letters.Fold(text) + "山"); // the one is looked up, the other is normalised
        }
    }

    [Theory]
    [InlineData("\uD800")]
    [InlineData("a\uDC00b")]
    [InlineData("é\uD83D")]
    [InlineData("\uFFFEé")]
    [InlineData("é\uFFFF")]
    [InlineData("\uDC00\uD800")]
    public void Fold_TextThatIsNone_IsFoldedAllTheSame(string text)
    {
        Assert.NotNull(Letters.Fold(text));
        Assert.True(Letters.Contains("x" + text, Letters.Fold(text)));
        Assert.Equal(Letters.KeyOf(text), Letters.KeyOf(Letters.Whole(text))); // a cursor carries it whole
    }

    [Fact]
    public void KeyOf_Names_AreInTheOrderOfLetters()
    {
        string[] ordered =
        [
            "", "_x", "👍", "1", "10", "2", "Ángel", "anna", "Anna", "emil", "Emil", "Émile", "Lukas", "Łukasz", "Ödön", "Olaf", "Oskar", "Øyvind",
            "ÿ", "Zoë", "Zz", "Олег", "山田",
        ];
        var names = ordered.Reverse().ToList();

        names.Sort((left, right) => Letters.KeyOf(left).AsSpan().SequenceCompareTo(Letters.KeyOf(right)));

        Assert.Equal(ordered, names);
    }

    [Fact]
    public void PrefixOf_AnyKeys_NeverContradictsThem()
    {
        var random = new Random(11);
        var keys = Enumerable.Range(0, 2_000).Select(_ => Letters.KeyOf(new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => (char)random.Next(1, 0xFFFF))]))).ToArray();

        for (var pair = 1; pair < keys.Length; pair++)
        {
            var byKey = keys[pair - 1].AsSpan().SequenceCompareTo(keys[pair]);
            var byPrefix = Letters.PrefixOf(keys[pair - 1]).CompareTo(Letters.PrefixOf(keys[pair]));
            Assert.True(byPrefix == 0 || Math.Sign(byPrefix) == Math.Sign(byKey));
        }
    }

    [Fact]
    public void KeyOf_LongNames_AreWhole()
    {
        var ligatures = new string('\uFDFA', 100); // each is eighteen letters

        Assert.True(Letters.KeyOf(ligatures + "a").AsSpan().SequenceCompareTo(Letters.KeyOf(ligatures + "b")) < 0);
        Assert.Equal(Letters.KeyOf(ligatures), Letters.KeyOf(ligatures));
    }
}
