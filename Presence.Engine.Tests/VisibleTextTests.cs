namespace Presence.Engine.Tests;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("Anna", "Anna")]
    [InlineData("Anna  Öst ", "Anna Öst")]
    [InlineData("山田\u3000太郎", "山田 太郎")]
    [InlineData("אדם", "אדם")]
    [InlineData("\u202Enimda\u202C", "nimda")]
    [InlineData("ad\u200Bmin\u2060", "admin")]
    [InlineData("ad\u00ADmin\uFEFF", "admin")]
    [InlineData("\u2067admin\u2069\u200F\u061C", "admin")]
    [InlineData("An\u0007na\u0085", "Anna")]
    [InlineData("Anna\u2028Mod\u2029", "Anna Mod")]
    [InlineData("Anna\U000E0041\U000E007F", "Anna")]
    [InlineData("Anna\uFE0F\U000E0100", "Anna")]
    [InlineData("An\u3164na\u2800\u115F\uFFA0\u180E\u034F", "Anna")]
    [InlineData("José", "José")]
    [InlineData("Jose\u0301", "Jose\u0301")]
    [InlineData("Zoe\u0300\u0301\u0302\u0303\u0304\u0305\u0306", "Zoe\u0300\u0301\u0302\u0303")]
    [InlineData("👩\u200D🚀 Ada", "👩\u200D🚀 Ada")]
    [InlineData("🏳\uFE0F\u200D🌈", "🏳\uFE0F\u200D🌈")]
    [InlineData("👩🏽\u200D⚕\uFE0F", "👩🏽\u200D⚕\uFE0F")]
    [InlineData("1\uFE0F\u20E3", "1\uFE0F\u20E3")]
    [InlineData("葛\U000E0100", "葛\U000E0100")]
    [InlineData("an\u200Dna", "anna")]
    [InlineData("🚀\u200D", "🚀")]
    public void NameOf_AName_LosesWhatDoesNotShow(string name, string shown) => Assert.Equal(shown, VisibleText.NameOf(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\u00A0\u3000\u2003")]
    [InlineData("\u200B\u200C\u200D\u2060")]
    [InlineData("\u3164")]
    [InlineData("\u115F\u1160")]
    [InlineData("\u2800\u2800")]
    [InlineData("\uFE0F")]
    [InlineData("\U000E0100\U000E01EF")]
    [InlineData("\U000E0001\U000E0041\U000E007F")]
    [InlineData("\u202E\u2066\u2069")]
    [InlineData("\u034F\u0301")]
    [InlineData("\u17B4\u17B5\u180B")]
    [InlineData("\uFFF0\U0001D159")]
    public void NameOf_ANameOfWhichNothingShows_IsNone(string? name) => Assert.Null(VisibleText.NameOf(name));

    [Fact]
    public void NameOf_HalfACharacter_IsShownAsBroken() => Assert.Equal("Anna\uFFFD", VisibleText.NameOf("Anna\ud83d"));

    [Theory]
    [InlineData("anna@example.com", "anna@example.com")]
    [InlineData("josé/4", "josé/4")]
    [InlineData("an\u200Bna", "an[U+200B]na")]
    [InlineData("\u202Enimda", "[U+202E]nimda")]
    [InlineData("\u3164", "[U+3164]")]
    [InlineData("\u0301x", "[U+0301]x")]
    [InlineData("an\u00A0na", "an[U+00A0]na")]
    [InlineData("  ", "[U+0020][U+0020]")]
    public void IdOf_AnId_TellsItFromEveryOther(string id, string shown) => Assert.Equal(shown, VisibleText.IdOf(id));

    [Theory]
    [InlineData("Anna", "Anna")]
    [InlineData("אדם", "\u2068אדם\u2069")]
    [InlineData("مريم 7", "\u2068مريم 7\u2069")]
    public void Isolated_ANameFromRightToLeft_KeepsToItself(string name, string isolated) => Assert.Equal(isolated, VisibleText.Isolated(name));
}
