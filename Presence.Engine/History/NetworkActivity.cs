namespace Presence.Engine.History;

/// <summary>How the network moves at the moment.</summary>
/// <param name="HeartbeatsPerSecond">Accepted heartbeats, averaged over the last ten seconds.</param>
/// <param name="Joins">Viewers who came to a room in the last minute.</param>
/// <param name="Leaves">Viewers who left one in the last minute.</param>
/// <param name="LatestChange">How the count of distinct viewers moved over the last ten seconds.</param>
/// <param name="RecentChange">How it moved over the last five minutes, or since it was first recorded within them.</param>
public readonly record struct NetworkActivity(double HeartbeatsPerSecond, int Joins, int Leaves, int LatestChange, int RecentChange)
{
    /// <summary>How it moved over the last minute, or since it was first recorded.</summary>
    public int MinuteChange { get; init; }
}
