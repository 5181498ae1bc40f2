using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>A room's changes as server-sent events, for as long as both sides like.</summary>
/// <remarks>
/// What waits is written at once, then nothing for a quarter of a second: a stream sends at most four times a second however
/// lively its room. A reader that does not read stops its own stream in the flush, with the server's response buffer filled
/// (64 KiB) and nothing else, and is cut off after <see cref="EventStreams.LongestSending"/>.
/// </remarks>
internal sealed class EventStreamReply(EventStream stream, PresenceEngine engine, ProfileLookups profiles, long firstId, TimeProvider time, long? since, bool includeViewers) : IResult
{
    public const string MediaType = "text/event-stream";

    private static readonly TimeSpan Coalesced = TimeSpan.FromMilliseconds(250);

    private readonly List<Change> _changes = [];
    private StreamPosition _position;
    private PipeWriter _writer = null!;

    public async Task ExecuteAsync(HttpContext http)
    {
        using (stream)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stream.Ended);
            Begin(http.Response);
            try
            {
                await RunAsync(ending.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                if (stream.IsSending)
                    http.Abort(); // its reader does not read: the end would wait behind everything else
            }
        }
    }

    private void Begin(HttpResponse response)
    {
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["X-Accel-Buffering"] = "no"; // or nginx keeps events until it has a page full
        _writer = response.BodyWriter;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await profiles.SettleAsync(cancellationToken);
        if (since is { } id && stream.Feed.TryResume(id - firstId, out _position))
        {
            WriteNews();
        }
        else
        {
            if (since is not null)
                WriteGap();
            WriteSnapshot();
        }
        await FlushAsync(cancellationToken);
        while (true)
        {
            await Task.Delay(Coalesced, time, cancellationToken);
            await stream.WaitAsync(cancellationToken);
            await profiles.SettleAsync(cancellationToken);
            if (WriteNews() || WriteCommentWhenQuiet())
                await FlushAsync(cancellationToken);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        stream.WroteAt = time.GetTimestamp();
        stream.IsSending = true;
        await _writer.FlushAsync(cancellationToken);
        stream.IsSending = false;
    }

    /// <summary>Writes what came since; false when that is nothing.</summary>
    private bool WriteNews()
    {
        _changes.Clear();
        var news = stream.Feed.Read(ref _position, _changes);
        if (news.IsGap)
        {
            WriteGap();
            WriteSnapshot();
            return true;
        }
        foreach (var change in _changes)
            Write(change);
        if (news.Count is { } count)
            Write("count", _position.Sequence, Describe(count, news.IsCrowd), Wire.Documents.StreamCount);
        return _changes.Count > 0 || news.Count is not null;
    }

    private bool WriteCommentWhenQuiet()
    {
        if (time.GetElapsedTime(stream.WroteAt) < EventStreams.LongestQuiet)
            return false;
        _writer.Write(":\n\n"u8);
        return true;
    }

    private void WriteGap() => _writer.Write("event: gap\ndata: {}\n\n"u8);

    private void WriteSnapshot()
    {
        _position = stream.Feed.Begin(out var isCrowd);
        var roomId = stream.Feed.RoomId;
        IReadOnlyList<ViewerDocument>? viewers = null;
        RoomCount count;
        if (includeViewers)
        {
            var page = engine.Viewers(roomId, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = engine.Settings.ListLimit });
            viewers = [.. page.Viewers.Select(RoomPresenceEndpoints.Describe)];
            count = page.Count;
        }
        else
        {
            count = engine.Count(roomId);
        }
        _position = _position with { Sequence = count.Sequence };
        Write("snapshot", count.Sequence, Describe(count, isCrowd || count.Viewers > engine.Limits.Crowd, viewers), Wire.Documents.StreamCount);
    }

    private StreamCount Describe(in RoomCount count, bool isCrowd, IReadOnlyList<ViewerDocument>? viewers = null) => new(
        count.Viewers, count.Sessions, count.Guests, count.Hidden, count.Fading, isCrowd ? "counts" : "changes", count.At, RoomPresenceEndpoints.OnlyTrue(engine.IsWarming), viewers);

    private void Write(in Change change)
    {
        if (change.Kind == ChangeKind.Joined)
        {
            var profile = engine.ProfileOf(change.UserId);
            Write("joined", change.Sequence, new StreamJoin(change.UserId, profile?.DisplayName, profile?.AvatarUrl, change.IsGuest, change.At, change.Viewers), Wire.Documents.StreamJoin);
        }
        else
        {
            Write("left", change.Sequence, new StreamLeave(change.UserId, change.IsGuest, Word(change.Reason), change.At, change.Viewers), Wire.Documents.StreamLeave);
        }
    }

    private void Write<T>(string name, long sequence, T document, JsonTypeInfo<T> type)
    {
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: {name}\nid: {firstId + sequence}\ndata: "), _writer);
        using (var json = new Utf8JsonWriter(_writer, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true }))
            JsonSerializer.Serialize(json, document, type);
        _writer.Write("\n\n"u8);
    }

    private static string Word(LeaveReason reason) => reason switch
    {
        LeaveReason.Timeout => "timeout",
        LeaveReason.Disabled => "disabled",
        LeaveReason.Removed => "removed",
        LeaveReason.Ended => "ended",
        _ => "left",
    };
}
