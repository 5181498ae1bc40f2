using Presence.Engine.Rooms;

namespace Presence.Engine.Tests.Rooms;

public sealed class GenerationsTests
{
    private SessionTable _sessions = new();
    private Generations _generations = new();

    [Fact]
    public void For_APromiseInUseOrUsedBefore_OpensNoOther()
    {
        Beat(timeout: 60, interval: 30);
        Beat(timeout: 90, interval: 30);
        Beat(timeout: 60, interval: 20);
        var count = _generations.Count;

        Beat(timeout: 60, interval: 30);
        Beat(timeout: 90, interval: 30);
        Beat(timeout: 60, interval: 20);

        Assert.Equal(count, _generations.Count);
    }

    [Fact]
    public void For_ANewPromise_TakesAnEmptyGenerationBeforeItOpensAnother()
    {
        var kept = Beat(timeout: 60, interval: 30);
        var left = Beat(timeout: 90, interval: 30);
        var count = _generations.Count;
        _generations.Remove(ref _sessions, left, ref _sessions[left]);

        var next = Beat(timeout: 120, interval: 30);

        Assert.Equal(count, _generations.Count);
        Assert.Equal((60, 120), (_generations.DeadlineOf(_sessions[kept]), _generations.DeadlineOf(_sessions[next])));
    }

    [Fact]
    public void For_ManyPromisesAtOnce_KeepsEachApart()
    {
        var slots = Enumerable.Range(1, 20).Select(timeout => Beat(timeout, interval: 1)).ToList();

        Assert.Equal(Enumerable.Range(1, 20).Select(timeout => (long)timeout), slots.Select(slot => _generations.DeadlineOf(_sessions[slot])));
    }

    [Fact]
    public void FindExpired_InSeveralGenerations_IsTheEarliestThatIsDue()
    {
        Beat(timeout: 60, interval: 30);
        var earliest = Beat(timeout: 40, interval: 30);
        Beat(timeout: 50, interval: 30);

        Assert.Equal(SessionTable.None, _generations.FindExpired(ref _sessions, 39));
        Assert.Equal(earliest, _generations.FindExpired(ref _sessions, 40));
        Assert.Equal(earliest, _generations.FindExpired(ref _sessions, 1_000));
    }

    private int Beat(long timeout, long interval)
    {
        var slot = _sessions.Add(_sessions.Count, $"user{_sessions.Count}", "");
        _generations.Append(ref _sessions, slot, ref _sessions[slot], _generations.For(timeout, interval));
        return slot;
    }
}
