namespace Presence.Engine.Rooms;

/// <summary>The viewers of a room from the first to join to the last: a list through their lead slots.</summary>
/// <remarks><b>Threads.</b> None of its own: the room's lock.</remarks>
internal sealed class JoinOrder(SessionTable sessions)
{
    private const int None = SessionTable.None;

    public int First { get; private set; } = None;

    public int Last { get; private set; } = None;

    /// <summary>Adds a viewer that joined after all others.</summary>
    public void Append(int lead)
    {
        ref var slot = ref sessions[lead];
        slot.JoinedBefore = Last;
        slot.JoinedAfter = None;
        if (Last != None)
            sessions[Last].JoinedAfter = lead;
        else
            First = lead;
        Last = lead;
    }

    public void Remove(int lead)
    {
        ref var slot = ref sessions[lead];
        Link(slot.JoinedBefore, slot.JoinedAfter, slot.JoinedAfter, slot.JoinedBefore);
    }

    /// <summary>Another session of the same viewer takes the lead, and with it the viewer's place.</summary>
    public void Replace(int lead, int successor)
    {
        ref var from = ref sessions[lead];
        ref var to = ref sessions[successor];
        to.JoinedBefore = from.JoinedBefore;
        to.JoinedAfter = from.JoinedAfter;
        Link(from.JoinedBefore, successor, from.JoinedAfter, successor);
    }

    private void Link(int before, int newAfter, int after, int newBefore)
    {
        if (before != None)
            sessions[before].JoinedAfter = newAfter;
        else
            First = newAfter;
        if (after != None)
            sessions[after].JoinedBefore = newBefore;
        else
            Last = newBefore;
    }
}
