namespace Presence.Engine.Rooms;

/// <summary>How many are present in the whole network.</summary>
/// <param name="Rooms">Rooms with at least one viewer.</param>
/// <param name="Viewers">Distinct viewers; one who watches two rooms counts once.</param>
/// <param name="Sessions">Sessions in all rooms.</param>
/// <param name="Guests">Distinct viewers without an account.</param>
/// <param name="Hidden">Hidden viewers, room by room: one hidden in two rooms counts twice.</param>
/// <param name="Fading">Fading viewers, room by room, as of the last sweep.</param>
/// <param name="At">The moment the count is true of: the last sweep (rule 7).</param>
public readonly record struct NetworkCount(int Rooms, int Viewers, int Sessions, int Guests, int Hidden, int Fading, DateTimeOffset At);
