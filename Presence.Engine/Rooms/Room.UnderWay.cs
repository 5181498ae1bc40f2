using Presence.Engine.Changes;
using Presence.Engine.History;

namespace Presence.Engine.Rooms;

/// <content>The visits under way.</content>
internal sealed partial class Room
{
    /// <summary>Copies the visits under way as if they ended now, without a reason; seen until the latest heartbeat.</summary>
    /// <remarks>In slices while the room goes on: who comes or goes meanwhile may be left out.</remarks>
    public void CopyVisits(List<Visit> into)
    {
        for (var from = 0; from != None;)
        {
            LetWaitersIn();
            lock (_lock)
                from = CopyVisitsNeedsLock(from, into);
        }
    }

    private int CopyVisitsNeedsLock(int from, List<Visit> into)
    {
        var now = NowNeedsLock();
        var until = Math.Min(from + SlotsPerCopy, _sessions.UsedSlots);
        for (; from < until; from++)
        {
            if (_sessions[from].IsLead)
                into.Add(VisitNeedsLock(from, LeaveReason.None, now, out _));
        }
        return from < _sessions.UsedSlots ? from : None;
    }
}
