using Presence.Dashboard.Live;

namespace Presence.Dashboard.Tests.Live;

public sealed class RosterOrderTests
{
    [Theory]
    [InlineData("abcdef", "bc", 1, "abcdef")]
    [InlineData("xyabcdef", "abc", 0, "abcdef")] // x and y came above: they wait
    [InlineData("xyabcdef", "cd", 2, "abcdef")]
    [InlineData("acdef", "abc", 0, "abcdef")] // b left: it stays where it was
    [InlineData("def", "abc", 0, "abcdef")] // all on screen left
    [InlineData("", "ab", 0, "ab")]
    [InlineData("abc", "", 0, "abc")]
    [InlineData("xdef", "cd", 2, "xcdef")] // a and b, above, left
    public void Around_WhatIsOnScreen_KeepsItsPlace(string order, string shown, int start, string expected)
    {
        var kept = RosterOrder.Around(Letters(order), Letters(shown), start);

        Assert.Equal(Letters(expected), kept);
    }

    private static string[] Letters(string text) => [.. text.Select(letter => letter.ToString())];
}
