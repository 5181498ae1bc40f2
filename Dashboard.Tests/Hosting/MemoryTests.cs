using Presence.Dashboard.Hosting;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>When memory is short, and when a crowd has gone.</summary>
public sealed class MemoryTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void IsShort_OfAHeapFullOfGarbage_IsFalseAfterOneCollection()
    {
        var collections = 0;
        var policy = new MemoryPolicy(_time, () => ++collections * 0 + 300);

        Assert.False(policy.IsShort(used: 790, available: 1_000));
        Assert.False(policy.IsShort(used: 900, available: 1_000));
        Assert.Equal(1, collections);
        Assert.False(policy.IsShort(used: 900, available: 1_000));
        Assert.Equal(1, collections); // not with every look
    }

    [Fact]
    public void IsShort_OfAHeapThatIsUsed_LastsUntilThereIsRoomToSpare()
    {
        var live = 850L;
        var policy = new MemoryPolicy(_time, () => live);

        Assert.True(policy.IsShort(used: 900, available: 1_000));
        Assert.True(policy.IsShort(used: 760, available: 1_000));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.True(policy.IsShort(used: 760, available: 1_000));
        _time.Advance(TimeSpan.FromSeconds(31));
        live = 600;
        Assert.False(policy.IsShort(used: 760, available: 1_000)); // the rest was garbage
        Assert.False(policy.IsShort(used: 760, available: 1_000));
    }

    [Fact]
    public void HasGone_AfterACrowd_IsSaidOnceAndNotWhileItStillGoes()
    {
        var watch = new CrowdWatch(_time);
        var said = new List<long>();
        void Look(long crowd)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            if (watch.HasGone(crowd))
                said.Add(crowd);
        }

        for (var crowd = 0L; crowd <= 100_000; crowd += 5_000)
            Look(crowd);
        for (var crowd = 100_000L; crowd >= 1_000; crowd -= 1_000)
            Look(crowd);
        Assert.Empty(said);
        for (var i = 0; i < 30; i++)
            Look(1_000);

        Assert.Equal([1_000], said);
        for (var i = 0; i < 30; i++)
            Look(i * 300);
        for (var i = 0; i < 30; i++)
            Look(0);
        Assert.Equal([1_000], said); // a handful is no crowd
    }
}
