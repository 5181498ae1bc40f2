using Presence.Dashboard.Live;

namespace Presence.Dashboard.Tests.Live;

public sealed class FrozenOrderTests
{
    private static readonly string[] Before = ["main", "side"];
    private static readonly string[] After = ["side", "main"];

    private readonly FrozenOrder _order = new();

    [Fact]
    public void Of_WhileNobodyPoints_IsTheLatest()
    {
        Assert.Same(Before, _order.Of(Before));
        Assert.Same(After, _order.Of(After));
        Assert.False(_order.IsWaiting);
    }

    [Fact]
    public void Of_WhileHeld_IsTheOneBeforeAndSaysThatAnotherWaits()
    {
        _order.Of(Before);
        _order.Hold(true);

        Assert.Same(Before, _order.Of(After));
        Assert.True(_order.IsWaiting);
        Assert.Same(Before, _order.Of([.. Before]));
        Assert.False(_order.IsWaiting);
        _order.Hold(false);

        Assert.Same(After, _order.Of(After));
    }

    [Fact]
    public void Release_WhileHeld_TakesTheNextAndKeepsThat()
    {
        _order.Of(Before);
        _order.Hold(true);
        _order.Release();

        Assert.Same(After, _order.Of(After));
        Assert.Same(After, _order.Of(Before));
    }
}
