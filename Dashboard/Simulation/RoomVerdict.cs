namespace Presence.Dashboard.Simulation;

/// <summary>What became of one room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Count">The count the server told last.</param>
/// <param name="Least">The least it could rightly have been.</param>
/// <param name="Most">The most.</param>
/// <param name="Deviation">How far it was beyond that; 0 when it was right.</param>
/// <param name="WorstDeviation">The farthest any count was.</param>
/// <param name="LongestWrong">The longest it was wrong without a break.</param>
internal sealed record RoomVerdict(string RoomId, int Count, int Least, int Most, int Deviation, int WorstDeviation, TimeSpan LongestWrong)
{
    public static RoomVerdict Of(RoomComparison room) =>
        new(room.RoomId, room.Count, room.Truth.Least, room.Truth.Most, room.Deviation, room.WorstDeviation, room.LongestWrong);
}
