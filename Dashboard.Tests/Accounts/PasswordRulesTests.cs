using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

public sealed class PasswordRulesTests
{
    private static readonly string[] Own = ["anna.lindqvist@festival-radio.example", "Anna Lindqvist (weekends)"];

    [Theory]
    [InlineData("password1234")]
    [InlineData("Password123!")]
    [InlineData("P@ssw0rd2026")]
    [InlineData("passwordpassword")]
    [InlineData("qwertyuiop12")]
    [InlineData("1q2w3e4r5t6y")]
    [InlineData("asdfghjkl;'12")]
    [InlineData("letmein12345")]
    [InlineData("iloveyou!!99")]
    [InlineData("Administrator")]
    [InlineData("admin-admin-admin")]
    [InlineData("Summer2026!!")]
    [InlineData("presence2026!")]
    [InlineData("123456789012")]
    [InlineData("098765432109")]
    [InlineData("abcdefghijkl")]
    [InlineData("welcome.to.2026")]
    public void ProblemOf_WhatEverybodyTries_IsCommon(string password) => Assert.Equal(PasswordRules.Common, PasswordRules.ProblemOf(password, Own)?.Code);

    [Theory]
    [InlineData("annalindqvist")]
    [InlineData("Anna.Lindqvist2026")]
    [InlineData("lindqvist-1985!")]
    [InlineData("4nn4l1ndqv1st")]
    [InlineData("festivalradio")]
    [InlineData("Radio-Festival-7")]
    [InlineData("WeekendsAnna!")]
    [InlineData("anna.lindqvist@festival-radio.example")]
    public void ProblemOf_TheAccountsOwnWords_SaysSo(string password) => Assert.Equal(PasswordRules.OwnWords, PasswordRules.ProblemOf(password, Own)?.Code);

    [Theory]
    [InlineData(ModeratorOfTests.Password)]
    [InlineData("correct horse battery staple")]
    [InlineData("hästen äter på ängen")]
    [InlineData("пароль из трёх слов")]
    [InlineData("zH7#kq92!mPd")]
    [InlineData("8264 9173 5520 47")]
    [InlineData("monkey dragon computer sunshine")]
    [InlineData("anna keeps bees in winter")]
    [InlineData("long enough, surely")]
    public void ProblemOf_WhatNobodyTries_IsNothing(string password) => Assert.Null(PasswordRules.ProblemOf(password, Own));

    [Fact]
    public void ProblemOf_WhatIsTooLong_SaysSo() => Assert.Equal(PasswordRules.TooLong, PasswordRules.ProblemOf(string.Concat(Enumerable.Range(0, 60).Select(i => $"w{i}xyz")), Own)?.Code);
}
