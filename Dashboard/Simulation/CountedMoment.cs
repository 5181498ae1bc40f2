namespace Presence.Dashboard.Simulation;

/// <summary>All rooms' counts together beside the truth, when the server was asked.</summary>
/// <param name="At">Since the beginning.</param>
/// <param name="Count">What the server told.</param>
/// <param name="Least">The least that could rightly have been.</param>
/// <param name="Most">The most.</param>
/// <param name="WrongRooms">Rooms whose count was wrong.</param>
internal sealed record CountedMoment(TimeSpan At, int Count, int Least, int Most, int WrongRooms)
{
    public static CountedMoment Of(TimeSpan at, IReadOnlyList<RoomComparison> rooms) => new(
        at,
        rooms.Sum(room => room.Count),
        rooms.Sum(room => room.Truth.Least),
        rooms.Sum(room => room.Truth.Most),
        rooms.Count(room => room.Deviation != 0));
}
