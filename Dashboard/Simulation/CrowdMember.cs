namespace Presence.Dashboard.Simulation;

/// <summary>One of the crowd: who, where, and what is known of its presence.</summary>
/// <param name="user">A number; the user's id is made of it.</param>
/// <param name="room">The room's place among the rooms.</param>
/// <param name="viewer">The client that sends its heartbeats.</param>
/// <param name="promised">From when until when it counts.</param>
internal sealed class CrowdMember(int user, int room, SimulatedViewer viewer, PromisedPresence promised)
{
    public int User => user;

    public int Room => room;

    public SimulatedViewer Viewer => viewer;

    public PromisedPresence Promised => promised;
}
