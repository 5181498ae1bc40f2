using System.Threading.Channels;
using Presence.Dashboard.Authentication;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>One open stream: who reads it, of which rooms, and what wakes or ends it.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = false });

    private readonly CancellationTokenSource _ending = new();
    private readonly EventStreams _streams;
    private long _wroteAt;
    private volatile bool _isSending;

    public EventStream(ClientPrincipal caller, AddressKey? address, IReadOnlyList<CountFeed> feeds, EventStreams streams)
    {
        (Caller, Address, Feeds, _streams) = (caller, address, feeds, streams);
        Ended = _ending.Token;
    }

    public ClientPrincipal Caller { get; }

    /// <summary>In whose share it counts; null for a server key.</summary>
    public AddressKey? Address { get; }

    /// <summary>Its rooms, in the order asked for; none of a stream of users.</summary>
    public IReadOnlyList<CountFeed> Feeds { get; }

    /// <summary>Why the reader may not read any more: its last event. Null while it may, and when the stream ends for another reason.</summary>
    public ApiProblem? Refusal { get; private set; }

    /// <summary>Cancelled when the stream must end.</summary>
    public CancellationToken Ended { get; }

    /// <summary>After so long without anything to say, a comment says that it is there.</summary>
    public TimeSpan LongestQuiet => Caller.Kind == ClientKind.ShareLink ? EventStreams.LongestQuietOfLinks : EventStreams.LongestQuiet;

    /// <summary>A timestamp: when something was last sent.</summary>
    public long WroteAt
    {
        get => Volatile.Read(ref _wroteAt);
        set => Volatile.Write(ref _wroteAt, value);
    }

    /// <summary>What was written waits for its reader to make room; since <see cref="WroteAt"/>.</summary>
    public bool IsSending
    {
        get => _isSending;
        set => _isSending = value;
    }

    /// <summary>Completes when there may be something to send; any number of signals in between are one.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Ends the stream, also one that waits for its reader.</summary>
    /// <param name="refusal">Why, for a reader who may not read any more.</param>
    public void End(ApiProblem? refusal = null)
    {
        Refusal ??= refusal;
        try
        {
            _ = _ending.CancelAsync(); // callbacks run elsewhere, because the caller can end many streams at once
        }
        catch (ObjectDisposedException)
        {
            // The stream ended by itself at the same moment.
        }
    }

    public void Dispose()
    {
        _streams.Close(this);
        _ending.Dispose();
    }
}

/// <summary>What a stream has to tell next.</summary>
/// <param name="IsGap">Changes were missed: read the state again. The other members say nothing then.</param>
/// <param name="IsCrowd">Single changes are not told at the moment.</param>
/// <param name="Count">The counts, when others than before.</param>
internal readonly record struct StreamNews(bool IsGap, bool IsCrowd, RoomCount? Count);

/// <summary>How far one stream has told what happened in its room.</summary>
/// <param name="Sequence">The last change told, singly or as part of a count.</param>
/// <param name="Epoch">The unbroken line of changes it belongs to; another one is a gap.</param>
/// <param name="Counts">The version of the last counts told.</param>
internal readonly record struct StreamPosition(long Sequence, int Epoch, long Counts);

/// <summary>Numbers the counts of all rooms in the order in which they changed, so that one number tells where a stream of many rooms stands.</summary>
/// <param name="first">Above every number of an earlier run.</param>
internal sealed class StreamVersions(long first)
{
    private long _current = first;

    public long First { get; } = first;

    public long Current => Volatile.Read(ref _current);

    public long Next() => Interlocked.Increment(ref _current);
}
