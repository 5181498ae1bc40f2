using System.Runtime.InteropServices;
using Presence.Engine.Changes;
using Presence.Engine.History;

namespace Presence.Engine.Rooms;

/// <summary>What a room's minutes come to: the one under way, and the one before until it is taken.</summary>
/// <remarks>
/// A count is added up over time without looking at the time in between: what lasts from <c>a</c> to <c>b</c> adds
/// <c>b - a</c>, so each join subtracts its instant and each leave adds its own, in whatever order they come. A leave by timeout
/// is stamped with its deadline, which may lie in the minute before.
/// <para><b>Time.</b> Sums are presence time: a minute in which the machine slept or the wall clock was set is as long as it was.</para>
/// <para><b>Threads.</b> None of its own: the room's lock.</para>
/// </remarks>
internal sealed class MinuteRecorder
{
    private const int LatestSeconds = 3_600;

    private Sums _current;
    private Sums _before;
    private int _viewers;
    private int _hidden;
    private int _guests;

    /// <param name="clock">Tells which minute an instant is in.</param>
    /// <param name="counters">The room before what is recorded first.</param>
    /// <param name="now">Presence time.</param>
    public MinuteRecorder(PresenceClock clock, in RoomCounters counters, long now)
    {
        (_viewers, _hidden, _guests) = (counters.Viewers, counters.Hidden, counters.Guests);
        _current = Begin(clock, MinuteOf(clock, now), now);
    }

    /// <summary>A viewer joined.</summary>
    public void Join(PresenceClock clock, bool isGuest, bool isHidden, long at)
    {
        ref var minute = ref Count(clock, 1, isGuest ? 1 : 0, isHidden ? 1 : 0, at);
        minute.Joins++;
        minute.Peak = Math.Max(minute.Peak, _viewers);
    }

    /// <summary>A viewer is back after a restart, which is no join.</summary>
    public void Return(PresenceClock clock, bool isGuest, bool isHidden, long at)
    {
        ref var minute = ref Count(clock, 1, isGuest ? 1 : 0, isHidden ? 1 : 0, at);
        minute.Peak = Math.Max(minute.Peak, _viewers);
    }

    /// <summary>A viewer left.</summary>
    public void Leave(PresenceClock clock, bool isGuest, bool isHidden, LeaveReason reason, long at) =>
        Count(clock, -1, isGuest ? -1 : 0, isHidden ? -1 : 0, at).Leaves += LeaveCounts.Of(reason);

    /// <summary>A viewer became hidden, or visible again.</summary>
    public void Hide(PresenceClock clock, bool isHidden, long at) => Count(clock, 0, 0, isHidden ? 1 : -1, at);

    /// <summary>A heartbeat came late.</summary>
    /// <param name="clock">Tells the minute.</param>
    /// <param name="device">The number of what the session runs on.</param>
    /// <param name="late">By how much, in ticks.</param>
    /// <param name="at">When it came.</param>
    public void Late(PresenceClock clock, ushort device, long late, long at)
    {
        TurnTo(clock, at);
        var seconds = (int)Math.Clamp((late + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond, 0, LatestSeconds);
        CollectionsMarshal.GetValueRefOrAddDefault(_current.Late ??= [], (device, seconds), out _)++;
    }

    /// <summary>Ends the minute under way if it is over, and takes the one before if anything happened in it.</summary>
    /// <returns>False when there is nothing to record any more.</returns>
    public bool Take(PresenceClock clock, DeviceTable devices, string roomId, long now, List<RoomMinute> into)
    {
        TurnTo(clock, now);
        if (_before.HasAny)
            into.Add(_before.ToMinute(devices, roomId));
        _before = default;
        return _viewers > 0 || _current.HasAny;
    }

    /// <summary>Takes what there is of both minutes, because the process ends. What goes on counts from here.</summary>
    public void TakeAll(PresenceClock clock, DeviceTable devices, string roomId, long now, List<RoomMinute> into)
    {
        Take(clock, devices, roomId, now, into);
        var (minute, ends) = (_current.Minute, _current.Ends);
        Close(now);
        if (_before.HasAny)
            into.Add(_before.ToMinute(devices, roomId));
        _before = default;
        _current = Begin(clock, minute, now) with { Ends = ends };
    }

    /// <summary>Whether it counts what the room counts, for tests.</summary>
    public bool Agrees(in RoomCounters counters) => (_viewers, _hidden, _guests) == (counters.Viewers, counters.Hidden, counters.Guests);

    private static long MinuteOf(PresenceClock clock, long at) => clock.UtcThen(at).UtcTicks / TimeSpan.TicksPerMinute;

    private static long EndOf(PresenceClock clock, long minute) => clock.PresenceTimeThen(new DateTimeOffset((minute + 1) * TimeSpan.TicksPerMinute, TimeSpan.Zero));

    /// <summary>Moves the counts at an instant, and returns the minute it is in.</summary>
    private ref Sums Count(PresenceClock clock, int viewers, int guests, int hidden, long at)
    {
        TurnTo(clock, at);
        ref var minute = ref _current;
        if (at < _current.From)
        {
            // Known too late for the minute it is in. Without that minute it counts from the beginning of this one.
            if (_before.Until > 0)
            {
                minute = ref _before;
                at = Math.Max(at, _before.From);
                _before.Add(viewers * (_before.Until - at), guests * (_before.Until - at), hidden * (_before.Until - at));
            }
            _current.Add(-viewers * _current.From, -guests * _current.From, -hidden * _current.From);
        }
        else
        {
            _current.Add(-viewers * at, -guests * at, -hidden * at);
        }
        _viewers += viewers;
        _guests += guests;
        _hidden += hidden;
        return ref minute;
    }

    private void TurnTo(PresenceClock clock, long now)
    {
        if (now < _current.From)
            return;
        var minute = MinuteOf(clock, now);
        if (minute == _current.Minute)
            return;
        // By the clock as it is, or as it was when the minute began if it was set meanwhile. A minute whose end was slept through ends with the pause.
        var end = EndOf(clock, _current.Minute);
        var until = end >= _current.From && end <= now ? end : Math.Clamp(_current.Ends, _current.From, now);
        Close(until);
        _current = Begin(clock, minute, until);
    }

    private void Close(long until)
    {
        _current.Add(_viewers * until, _guests * until, _hidden * until);
        _current.Until = until;
        _current.Fold(_before); // empty, unless sweeps failed for a minute
        _before = _current;
    }

    private Sums Begin(PresenceClock clock, long minute, long from)
    {
        var sums = new Sums { Minute = minute, From = from, Ends = EndOf(clock, minute), Peak = _viewers };
        sums.Add(-_viewers * from, -_guests * from, -_hidden * from);
        return sums;
    }

    private struct Sums
    {
        public long Minute;
        public long From;

        /// <summary>When it will be over, by the clock as it was.</summary>
        public long Ends;

        /// <summary>0 while the minute goes on.</summary>
        public long Until;

        /// <summary>By device and seconds; null until a heartbeat was late. Bounded by the heartbeats of a minute.</summary>
        public Dictionary<(ushort Device, int Seconds), int>? Late;

        public int Peak;
        public int Joins;
        public LeaveCounts Leaves;
        private long _viewers;
        private long _guests;
        private long _hidden;

        /// <summary>Whether anybody was there.</summary>
        public readonly bool HasAny => Peak > 0 || Joins > 0 || Leaves.Total > 0;

        public void Add(long viewers, long guests, long hidden)
        {
            _viewers += viewers;
            _guests += guests;
            _hidden += hidden;
        }

        /// <summary>Adds what happened in an earlier minute.</summary>
        public void Fold(in Sums earlier)
        {
            if (!earlier.HasAny)
                return;
            Add(earlier._viewers, earlier._guests, earlier._hidden);
            Peak = Math.Max(Peak, earlier.Peak);
            Joins += earlier.Joins;
            Leaves += earlier.Leaves;
            foreach (var (late, count) in earlier.Late ?? [])
                CollectionsMarshal.GetValueRefOrAddDefault(Late ??= [], late, out _) += count;
        }

        public readonly RoomMinute ToMinute(DeviceTable devices, string roomId) => new(roomId, new DateTimeOffset(Minute * TimeSpan.TicksPerMinute, TimeSpan.Zero))
        {
            Viewers = new TimeSpan(_viewers),
            Guests = new TimeSpan(_guests),
            Hidden = new TimeSpan(_hidden),
            Peak = Peak,
            Joins = Joins,
            Leaves = Leaves,
            Late = Late is null ? null : [.. Late.Select(late => new LateHeartbeats(devices[late.Key.Device], late.Key.Seconds, late.Value))],
        };
    }
}
