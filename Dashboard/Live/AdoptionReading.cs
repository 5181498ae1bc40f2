namespace Presence.Dashboard.Live;

/// <summary>How far a version of the settings has come among the sessions present.</summary>
/// <param name="Version">The version in force.</param>
/// <param name="Answering">Sessions that said, with their last heartbeat, that they answer to it.</param>
/// <param name="Silent">Sessions of clients that never say which settings they know, as published ones.</param>
/// <param name="Sessions">All sessions present.</param>
public sealed record AdoptionReading(int Version, int Answering, int Silent, int Sessions)
{
    /// <summary>Those of which it can be known.</summary>
    public int Telling => Math.Max(Sessions - Silent, Answering);
}
