using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class RosterOrderTests : IDisposable
{
    private readonly PresenceEngine _engine = new(new ManualTimeProvider(), PresenceSettings.Default, new PresenceLimits());

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("abcdef", "bc", 1, "abcdef")]
    [InlineData("xyabcdef", "abc", 0, "abcdef")] // x and y came above: they wait
    [InlineData("xyabcdef", "cd", 2, "abcdef")]
    [InlineData("acdef", "abc", 0, "abcdef")] // b left: it stays where it was
    [InlineData("def", "abc", 0, "abcdef")] // all on screen left
    [InlineData("", "ab", 0, "ab")]
    [InlineData("abc", "", 0, "abc")]
    [InlineData("xdef", "cd", 2, "xcdef")] // a and b, above, left
    public async Task Around_WhatIsOnScreen_KeepsItsPlace(string order, string shown, int start, string expected)
    {
        var kept = await RosterOrder.AroundAsync(await OrderAsync(order), Letters(shown), start);

        Assert.Equal(expected.Length, kept.Length);
        Assert.Equal(Letters(expected), await kept.ReadAsync(0, 100));
        for (var place = 0; place < expected.Length; place++)
        {
            Assert.Equal(Letters(expected[place..]), await kept.ReadAsync(place, 100));
            Assert.Equal(Letters(expected[..place]), await kept.ReadAsync(0, place));
            Assert.Equal(place, await kept.IndexOfAsync(expected[place..(place + 1)]));
        }
        Assert.Equal(-1, await kept.IndexOfAsync("z"));
    }

    private async Task<IViewerOrder> OrderAsync(string users)
    {
        foreach (var user in Letters(users))
            _engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = user, SessionId = "" });
        return await new LocalPresence(_engine).OrderViewersAsync("main", new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst });
    }

    private static string[] Letters(string text) => [.. text.Select(letter => letter.ToString())];
}
