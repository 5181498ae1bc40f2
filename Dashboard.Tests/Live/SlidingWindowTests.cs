using Presence.Dashboard.Live;

namespace Presence.Dashboard.Tests.Live;

public sealed class SlidingWindowTests
{
    private readonly SlidingWindow<string> _window = new();

    [Fact]
    public void Note_WithinTenSeconds_AnswersTheOldestUntilItIsOlder()
    {
        Assert.Equal("first", Note(0, "first"));
        Assert.Equal("first", Note(1, "second"));
        Assert.Equal("first", Note(10, "third"));
        Assert.Equal("second", Note(10.5, "fourth"));
        Assert.Equal("late", Note(60, "late"));
    }

    [Fact]
    public void Note_CloserTogetherThanAPageRenders_IsOneReading()
    {
        Note(0, "first");
        Note(0.1, "too close");
        Note(0.3, "second");

        Assert.Equal("second", Note(10.05, "now"));
    }

    [Fact]
    public void Covered_OnceTenSecondsWereNoted_IsTheWholeWindowUntilNobodyNotes()
    {
        Note(3, "first");
        Assert.Equal(TimeSpan.Zero, _window.Covered);
        Note(7.5, "second");
        Assert.Equal(TimeSpan.FromSeconds(4.5), _window.Covered);
        Note(13, "third");
        Note(14, "fourth");
        Assert.Equal(SlidingWindow<string>.Length, _window.Covered);

        Note(60, "after a pause");

        Assert.Equal(TimeSpan.Zero, _window.Covered);
    }

    [Fact]
    public void Clear_ThenNote_BeginsAnew()
    {
        Note(0, "of another room");
        _window.Clear();

        Assert.Equal("first", Note(0.1, "first"));
    }

    private string Note(double seconds, string reading) => _window.Note(TimeSpan.FromSeconds(seconds), reading);
}
