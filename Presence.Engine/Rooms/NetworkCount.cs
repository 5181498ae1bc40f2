namespace Presence.Engine.Rooms;

/// <summary>How many are present in the whole network.</summary>
/// <param name="Rooms">Rooms with at least one viewer.</param>
/// <param name="Viewers">Distinct viewers; one who watches two rooms counts once.</param>
/// <param name="Sessions">Sessions in all rooms.</param>
/// <param name="At">The moment the count is true of: the last sweep (rule 7).</param>
public readonly record struct NetworkCount(int Rooms, int Viewers, int Sessions, DateTimeOffset At);
