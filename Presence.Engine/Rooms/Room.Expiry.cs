using Presence.Engine.Changes;

namespace Presence.Engine.Rooms;

/// <content>What time does to a room.</content>
internal sealed partial class Room
{
    /// <summary>Sessions handled under one hold of the lock, about 0.1 ms; a heartbeat gets in between.</summary>
    private const int Slice = 256;

    private long _dueAt = long.MaxValue;

    /// <summary>No session expires or fades before this presence time. Read without the lock.</summary>
    public long DueAt => Volatile.Read(ref _dueAt);

    /// <summary>Ends every session whose deadline is at or before <paramref name="now"/>, stamped with it, and marks the overdue ones.</summary>
    public void Expire(long now)
    {
        while (true)
        {
            lock (_lock)
            {
                if (ExpireSliceNeedsLock(now))
                    return;
            }
            LetWaitersIn();
        }
    }

    /// <summary>Why viewers are refused. Null if they are accepted.</summary>
    public LeaveReason? ClosedFor()
    {
        lock (_lock)
        {
            return RulesNeedsLock().Verdict switch
            {
                HeartbeatOutcome.Accepted => null,
                HeartbeatOutcome.RoomEnded => LeaveReason.Ended,
                _ => LeaveReason.Disabled,
            };
        }
    }

    /// <summary>Ends every session at once, in slices. No viewer can join in the meantime.</summary>
    public void Empty(LeaveReason reason)
    {
        while (true)
        {
            lock (_lock)
            {
                if (EmptySliceNeedsLock(reason))
                    return;
            }
            LetWaitersIn();
        }
    }

    /// <summary>Ends every session of one user.</summary>
    public void EndUser(string userId, int hash, LeaveReason reason)
    {
        lock (_lock)
        {
            var now = NowNeedsLock();
            ExpireUserNeedsLock(userId, hash, now);
            while (EarliestNeedsLock(userId, hash, long.MaxValue) is var index and not None)
                EndSessionNeedsLock(index, reason, now);
        }
    }

    private bool ExpireSliceNeedsLock(long now)
    {
        for (var handled = 0; handled < Slice; handled++)
        {
            var expired = _generations.FindExpired(ref _sessions, now);
            if (expired != None)
            {
                EndSessionNeedsLock(expired, LeaveReason.Timeout, _generations.DeadlineOf(_sessions[expired]));
                continue;
            }

            var fading = _generations.TakeFading(ref _sessions, now);
            if (fading != None)
            {
                UpdateStatusNeedsLock(fading, _sessions[fading].State, isFading: true, now);
                continue;
            }

            Volatile.Write(ref _dueAt, _generations.NextDueAt(ref _sessions));
            return true;
        }
        return false;
    }

    private bool EmptySliceNeedsLock(LeaveReason reason)
    {
        var now = NowNeedsLock();
        for (var handled = 0; handled < Slice; handled++)
        {
            var expired = _generations.FindExpired(ref _sessions, now);
            if (expired != None)
            {
                EndSessionNeedsLock(expired, LeaveReason.Timeout, _generations.DeadlineOf(_sessions[expired]));
                continue;
            }

            var next = _generations.FindExpired(ref _sessions, long.MaxValue);
            if (next == None)
                return true;
            EndSessionNeedsLock(next, reason, now);
        }
        return false;
    }

    /// <summary>Ends a user's sessions that are past their deadline but not yet swept, earliest first (rule 7).</summary>
    private void ExpireUserNeedsLock(string userId, int hash, long now)
    {
        while (EarliestNeedsLock(userId, hash, now) is var expired and not None)
            EndSessionNeedsLock(expired, LeaveReason.Timeout, _generations.DeadlineOf(_sessions[expired]));
    }

    /// <summary>The session of a user with the earliest deadline, if that is not later than an instant: who has several leaves with the one that lasts longest.</summary>
    private int EarliestNeedsLock(string userId, int hash, long latest)
    {
        var (found, earliest) = (None, latest);
        for (var index = _sessions.FirstOfUser(hash, userId); index != None; index = _sessions.NextOfUser(index))
        {
            if (_generations.DeadlineOf(_sessions[index]) is var deadline && deadline <= earliest)
                (found, earliest) = (index, deadline);
        }
        return found;
    }

    private void LowerDueNeedsLock(long dueAt)
    {
        if (dueAt < _dueAt)
            Volatile.Write(ref _dueAt, dueAt);
    }
}
