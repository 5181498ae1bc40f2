namespace Presence.Engine.Rooms;

/// <summary>A room's samples of the last five minutes and of the last hour: 80 numbers, whatever happens.</summary>
/// <remarks><b>Threads.</b> None of its own: the room's lock.</remarks>
internal sealed class TrendRecorder
{
    /// <summary>Every so many samples one is kept for the hour.</summary>
    private const int HourEvery = 4;

    private readonly SampleRing _recent = new(20);
    private readonly SampleRing _hour = new(60);

    /// <summary>Adds the sample of a tick; ticks are <see cref="RoomTrend.RecentStep"/> apart and numbered.</summary>
    public void Add(long tick, int viewers)
    {
        _recent.Add(viewers);
        if (tick % HourEvery == 0)
            _hour.Add(viewers);
    }

    public int[] Recent(int now) => _recent.CopyWith(now);

    public int[] Hour(int now) => _hour.CopyWith(now);

    private sealed class SampleRing(int capacity)
    {
        private readonly int[] _samples = new int[capacity];
        private int _count;
        private int _next;

        public void Add(int sample)
        {
            _samples[_next] = sample;
            _next = (_next + 1) % _samples.Length;
            _count = Math.Min(_count + 1, _samples.Length);
        }

        public int[] CopyWith(int last)
        {
            var copy = new int[_count + 1];
            for (var i = 0; i < _count; i++)
                copy[i] = _samples[(_next - _count + i + _samples.Length) % _samples.Length];
            copy[_count] = last;
            return copy;
        }
    }
}
