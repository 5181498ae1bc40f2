namespace Presence.Dashboard.Simulation;

/// <summary>How far the server's count of one room was from the truth, over time.</summary>
/// <param name="roomId">The room.</param>
internal sealed class RoomComparison(string roomId)
{
    private TimeSpan? _wrongSince;

    public string RoomId => roomId;

    /// <summary>The last count the server told.</summary>
    public int Count { get; private set; }

    /// <summary>The least and the most that count could rightly have been.</summary>
    public (int Least, int Most) Truth { get; private set; }

    /// <summary>How far the last count was beyond that; 0 when it was right.</summary>
    public int Deviation { get; private set; }

    /// <summary>The farthest it ever was, either way.</summary>
    public int WorstDeviation { get; private set; }

    /// <summary>The longest it was wrong without a break.</summary>
    public TimeSpan LongestWrong { get; private set; }

    public void Take(TimeSpan at, int count, int least, int most)
    {
        Count = count;
        Truth = (least, most);
        Deviation = count < least ? count - least : count > most ? count - most : 0;
        if (Math.Abs(Deviation) > Math.Abs(WorstDeviation))
            WorstDeviation = Deviation;
        if (Deviation == 0)
        {
            _wrongSince = null;
            return;
        }
        _wrongSince ??= at;
        if (at - _wrongSince.Value is var wrong && wrong > LongestWrong)
            LongestWrong = wrong;
    }
}
