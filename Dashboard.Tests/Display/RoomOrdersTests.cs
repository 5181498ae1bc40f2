using Presence.Dashboard.Display;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Display;

public sealed class RoomOrdersTests
{
    [Fact]
    public void Parse_OfEveryWordInAnAddress_IsWhereItCameFrom()
    {
        Assert.Equal(10, RoomOrders.BothWays.Count);
        foreach (var (order, isReversed) in RoomOrders.BothWays)
        {
            Assert.Equal((order, isReversed), RoomOrders.Parse(RoomOrders.WordOf(order, isReversed)));
            Assert.Equal((order, isReversed), RoomOrders.Parse(RoomOrders.InAddress(order, isReversed)));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--peak")]
    [InlineData("Peak")]
    [InlineData("movement")]
    public void Parse_OfAWordThereIsNot_IsMostViewersFirst(string? word) => Assert.Equal((RoomOrder.Count, false), RoomOrders.Parse(word));

    [Fact]
    public void Text_OfEveryOrder_IsItsOwn()
    {
        var texts = RoomOrders.BothWays.Select(choice => RoomOrders.Text(choice.Order, choice.IsReversed)).ToList();

        Assert.Equal(texts.Count, texts.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(RoomOrder.Count, false)]
    [InlineData(RoomOrder.Peak, false)]
    [InlineData(RoomOrder.Since, true)]
    [InlineData(RoomOrder.Name, true)]
    public void IsAscending_OfAnOrder_IsHowItsColumnReads(RoomOrder order, bool expected)
    {
        Assert.Equal(expected, RoomOrders.IsAscending(order, isReversed: false));
        Assert.Equal(!expected, RoomOrders.IsAscending(order, isReversed: true));
    }
}
