using Presence.Engine.Changes;
using Presence.Engine.Settings;

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

    /// <summary>Lets the interval follow the crowd. Once a second, so that no heartbeat pays for it.</summary>
    /// <param name="bound">Heartbeats per second; 0 when there is no bound.</param>
    public void AdaptInterval(int bound)
    {
        // Read without the lock: so few sessions stay below it at any interval.
        if (_rare.Growth == 0 && (bound == 0 || !_network.AdaptsIntervals || _sessions.Count <= bound))
            return;
        lock (_lock)
        {
            RulesNeedsLock();
            var step = StepNeedsLock(_sessions.Count);
            if (step == _rare.Growth)
                return;
            GrowNeedsLock(step);
            SignalNeedsLock();
        }
    }

    /// <summary>Before so many sessions are restored: they were told an interval of a crowd, and get at least its timeout again.</summary>
    public void ExpectSessions(int sessions)
    {
        lock (_lock)
        {
            // A step more than the crowd needs, because it may have been larger and the step kept since.
            RulesNeedsLock();
            if (StepNeedsLock(sessions) is > 0 and var step)
                GrowNeedsLock(step + 1);
        }
    }

    /// <summary>What is in force here, with what the crowd makes of it.</summary>
    public EffectiveSettings Effective()
    {
        lock (_lock)
        {
            var rules = RulesNeedsLock();
            return rules.Base.At(_rare.Growth, _sessions.Count);
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
