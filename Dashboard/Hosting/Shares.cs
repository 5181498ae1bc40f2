namespace Presence.Dashboard.Hosting;

/// <summary>How much of something each holder has open, where each may have so much.</summary>
/// <remarks><b>Bound.</b> By what is open in all: a holder of nothing is forgotten. <b>Threads.</b> Any.</remarks>
internal sealed class Shares<THolder>(int most)
    where THolder : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<THolder, int> _held = [];

    public int Most => most;

    /// <summary>Takes one more; false, and nothing changed, when the holder has its share.</summary>
    public bool TryTake(THolder holder)
    {
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(holder);
            if (held >= most)
                return false;
            _held[holder] = held + 1;
            return true;
        }
    }

    public void GiveBack(THolder holder)
    {
        lock (_lock)
        {
            if (--_held[holder] > 0)
                return;
            _held.Remove(holder);
            if (_held.Count == 0)
                _held.TrimExcess();
        }
    }
}
