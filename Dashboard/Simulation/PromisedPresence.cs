using System.Text.Json;

namespace Presence.Dashboard.Simulation;

/// <summary>
/// What one viewer in one room knows of its own presence: from when until when the server must count it, and from when until when
/// it may, since a request was on its way or its answer was lost. Fed by what passes on the viewer's network.
/// </summary>
/// <remarks><b>Threads.</b> Any. Timestamps are those of the simulation's clock.</remarks>
internal sealed class PromisedPresence(Traffic traffic, TimeProvider time) : ITrafficListener
{
    /// <summary>How late the server may notice a deadline.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>Where the server has not said yet how long a heartbeat counts.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(60);

    private readonly Lock _lock = new();
    private TimeSpan _timeout = LongestTimeout;
    private long _mustFrom = long.MaxValue;
    private long _mustUntil = long.MinValue;
    private long _mayFrom = long.MaxValue;
    private long _mayUntil = long.MinValue;

    /// <summary>Whether the server must have counted this viewer all that time.</summary>
    public bool MustCount(long from, long to)
    {
        lock (_lock)
            return _mustFrom <= from && _mustUntil >= to;
    }

    /// <summary>Whether it may have, at some moment of it.</summary>
    public bool MayCount(long from, long to)
    {
        lock (_lock)
            return _mayFrom <= to && _mayUntil >= from;
    }

    public void Lost() => traffic.CountLost();

    public void Sending(Passage passage)
    {
        traffic.CountSent(passage);
        lock (_lock)
        {
            if (passage.IsHeartbeat)
            {
                _mayFrom = Math.Min(_mayFrom, passage.SentAt);
                _mayUntil = Math.Max(_mayUntil, passage.SentAt + Ticks(_timeout + Sweep));
            }
            else if (passage.IsLeave)
            {
                _mustUntil = Math.Min(_mustUntil, passage.SentAt);
            }
        }
    }

    public void Answered(Passage passage, int status, ReadOnlyMemory<byte> body)
    {
        traffic.CountAnswer(passage, status);
        var now = time.GetTimestamp();
        var isTaken = status is >= 200 and < 300;
        var timeout = passage.IsHeartbeat && isTaken ? TimeoutOf(body) : (TimeSpan?)null;
        lock (_lock)
        {
            if (passage.IsLeave && isTaken)
            {
                _mayUntil = now;
            }
            else if (passage.IsHeartbeat && !isTaken)
            {
                _mustUntil = Math.Min(_mustUntil, passage.SentAt); // switched off, removed, too fast: what it means for before, the server knows
            }
            else if (timeout is { } promised)
            {
                _timeout = promised;
                if (_mustUntil < passage.SentAt)
                    _mustFrom = now;
                _mustUntil = passage.SentAt + Ticks(promised);
                _mayUntil = now + Ticks(promised + Sweep);
            }
        }
    }

    public void Unanswered(Passage passage)
    {
        traffic.CountUnanswered();
        if (!passage.IsHeartbeat)
            return;
        lock (_lock)
            _mayUntil = Math.Max(_mayUntil, time.GetTimestamp() + Ticks(_timeout + Sweep));
    }

    /// <summary>Whether the server has forgotten it, whatever was lost on the way.</summary>
    public bool IsOver(long at)
    {
        lock (_lock)
            return _mayUntil < at;
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);

    private static TimeSpan TimeoutOf(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return TimeSpan.FromSeconds(document.RootElement.GetProperty("presenceTimeoutSeconds").GetDouble());
    }
}
