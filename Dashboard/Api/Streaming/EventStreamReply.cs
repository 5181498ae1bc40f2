using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>Server-sent events, for as long as both sides like.</summary>
/// <remarks>
/// What waits is written at once, then nothing for a quarter of a second: a stream sends at most four times a second however
/// lively its room. A reader that does not read stops its own stream in the flush, with the server's response buffer filled
/// (64 KiB) and nothing else, and is cut off after <see cref="EventStreams.LongestSending"/>.
/// </remarks>
internal abstract class EventStreamReply(EventStream stream, TimeProvider time) : IResult
{
    public const string MediaType = "text/event-stream";

    private static readonly TimeSpan Coalesced = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private PipeWriter _writer = null!;

    public async Task ExecuteAsync(HttpContext http)
    {
        using (stream)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stream.Ended);
            Begin(http.Response);
            if (HeadMiddleware.IsHead(http))
                return; // everything after is the body
            try
            {
                await RunAsync(ending.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                if (stream.IsSending)
                    http.Abort(); // the reader isn't reading, so a graceful end would wait behind all unsent data
                else if (stream.Refusal is { } refusal && !http.RequestAborted.IsCancellationRequested)
                    await WriteEndAsync(refusal, http);
            }
        }
    }

    private void Begin(HttpResponse response)
    {
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["X-Accel-Buffering"] = "no"; // otherwise nginx buffers events until a page is full
        _writer = response.BodyWriter;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken);
        await WriteBeginningAsync(cancellationToken);
        await FlushAsync(cancellationToken);
        while (true)
        {
            await Task.Delay(Coalesced, time, cancellationToken);
            await stream.WaitAsync(cancellationToken);
            await SettleAsync(cancellationToken);
            if (await WriteNewsAsync(cancellationToken) || WriteCommentWhenQuiet())
                await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Says why there is nothing more, so that a client need not ask again to learn it.</summary>
    private async Task WriteEndAsync(ApiProblem refusal, HttpContext http)
    {
        using var late = new CancellationTokenSource(LongestEnd, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, late.Token);
        Write("end", null, refusal.Document, ApiJson.Documents.ErrorDocument);
        try
        {
            await _writer.FlushAsync(giveUp.Token);
        }
        catch (OperationCanceledException)
        {
            http.Abort(); // the reader stopped reading a moment ago
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested(); // nothing is under way yet that a graceful end would wait behind
        stream.WroteAt = time.GetTimestamp();
        stream.IsSending = true;
        await _writer.FlushAsync(cancellationToken);
        stream.IsSending = false;
    }

    /// <summary>Waits for what is known in a moment and belongs to what is written next.</summary>
    private protected virtual ValueTask SettleAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Writes the state, or what came since the event the client had last.</summary>
    private protected abstract ValueTask WriteBeginningAsync(CancellationToken cancellationToken);

    /// <summary>Writes what came since; false when that is nothing.</summary>
    private protected abstract ValueTask<bool> WriteNewsAsync(CancellationToken cancellationToken);

    private bool WriteCommentWhenQuiet()
    {
        if (time.GetElapsedTime(stream.WroteAt) < stream.LongestQuiet)
            return false;
        _writer.Write(":\n\n"u8);
        return true;
    }

    /// <summary>Invitations have no id: they are told anew by what they are, not by where the stream stands.</summary>
    private protected bool WriteInvitations(InvitationNews news)
    {
        var hasTold = false;
        foreach (var invitation in news.Read())
        {
            Write("invitation", id: null, invitation, ApiJson.Documents.InvitationDocument);
            hasTold = true;
        }
        return hasTold;
    }

    private protected void Write<T>(string name, string? id, T document, JsonTypeInfo<T> type)
    {
        Encoding.UTF8.GetBytes(id is null ? $"event: {name}\ndata: " : $"event: {name}\nid: {id}\ndata: ", _writer);
        using (var json = new Utf8JsonWriter(_writer, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true }))
            JsonSerializer.Serialize(json, document, type);
        _writer.Write("\n\n"u8);
    }
}
