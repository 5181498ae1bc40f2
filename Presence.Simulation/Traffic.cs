using System.Collections.Concurrent;

namespace Presence.Simulation;

/// <summary>All that passed between the viewers and the server, in numbers.</summary>
internal sealed class Traffic(TimeProvider time)
{
    private readonly ConcurrentDictionary<int, long> _answers = new();
    private long _sent;
    private long _heartbeats;
    private long _lost;
    private long _unanswered;

    /// <summary>Of heartbeats only: when all leave at once, each request waits for the others.</summary>
    public LatencyHistogram Latency { get; } = new();

    public long Sent => Volatile.Read(ref _sent);

    public long Heartbeats => Volatile.Read(ref _heartbeats);

    /// <summary>Lost on purpose.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Sent and never heard of again: by accident, or since the viewer vanished meanwhile.</summary>
    public long Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Answers by HTTP status.</summary>
    public IReadOnlyList<KeyValuePair<int, long>> Answers => [.. _answers.OrderBy(answer => answer.Key)];

    public void CountLost() => Interlocked.Increment(ref _lost);

    public void CountSent(InFlightRequest passage)
    {
        Interlocked.Increment(ref _sent);
        if (passage.IsHeartbeat)
            Interlocked.Increment(ref _heartbeats);
    }

    public void CountUnanswered() => Interlocked.Increment(ref _unanswered);

    public void CountAnswer(InFlightRequest passage, int status)
    {
        if (passage.IsHeartbeat)
            Latency.Record(time.GetElapsedTime(passage.SentAt));
        _answers.AddOrUpdate(status, 1, static (_, count) => count + 1);
    }
}

/// <summary>Hears what passes between one viewer and the server, as it happens. Called on any thread, for one request after the other or several at once.</summary>
internal interface ITrafficListener
{
    /// <summary>A request or an answer was lost on purpose.</summary>
    void Lost();

    void Sending(InFlightRequest passage);

    void Answered(InFlightRequest passage, int status, ReadOnlyMemory<byte> body);

    /// <summary>Requests without a reply. The server may have acted on them.</summary>
    void Unanswered(InFlightRequest passage);
}

/// <summary>What a network does with a request and its answer.</summary>
internal enum PacketOutcome
{
    Passes,

    /// <summary>The server never sees it.</summary>
    RequestLost,

    /// <summary>The server acts on it, and the client never learns.</summary>
    AnswerLost,
}

/// <summary>One request on its way.</summary>
/// <param name="Request">The request.</param>
/// <param name="SentAt">When it set out, as a timestamp.</param>
internal readonly record struct InFlightRequest(HttpRequestMessage Request, long SentAt)
{
    public bool IsHeartbeat => Request.Method == HttpMethod.Post && Request.RequestUri!.AbsolutePath.EndsWith("/heartbeat", StringComparison.Ordinal);

    public bool IsLeave => Request.Method == HttpMethod.Delete;
}
