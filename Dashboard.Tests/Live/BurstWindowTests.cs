using Presence.Dashboard.Live;

namespace Presence.Dashboard.Tests.Live;

public sealed class BurstWindowTests
{
    private readonly BurstWindow _window = new();

    [Fact]
    public void Note_ManyWithinTenSeconds_IsTheirSumUntilTheyAreOlder()
    {
        Assert.Null(Note(0, 10));
        Assert.Equal(150, Note(2, 160));
        Assert.Equal(312, Note(4, 322));
        Assert.Equal(312, Note(10, 322));
        Assert.Equal(162, Note(11, 322)); // the first reading is too old by now
        Assert.Null(Note(15, 322));
    }

    [Fact]
    public void Note_ManyGone_IsNegative()
    {
        Note(0, 200);

        Assert.Equal(-150, Note(1, 50));
    }

    [Theory]
    [InlineData(19, 100, false)]
    [InlineData(20, 100, true)]
    [InlineData(-20, 5, true)]
    [InlineData(400, 5_000, false)]
    [InlineData(500, 5_000, true)]
    public void IsBurst_OfAChange_TakesTwentyAndATenth(int change, int viewers, bool expected) =>
        Assert.Equal(expected, BurstWindow.IsBurst(change, viewers));

    private int? Note(double seconds, int viewers) => _window.Note(TimeSpan.FromSeconds(seconds), viewers);
}
