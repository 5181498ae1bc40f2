using System.Buffers;
using System.IO.Pipelines;

namespace Presence.Dashboard.Api;

/// <summary>A whole body, still in the server's own buffers until <see cref="Release"/>; or why it was not read.</summary>
internal readonly struct RequestText
{
    private readonly PipeReader? _reader;

    private RequestText(PipeReader reader, ReadOnlySequence<byte> bytes) => (_reader, Bytes) = (reader, bytes);

    private RequestText(ApiRefusal refusal) => Refusal = refusal;

    public ReadOnlySequence<byte> Bytes { get; }

    public ApiRefusal? Refusal { get; }

    /// <summary>Reads until the end or until one byte more than allowed, whatever length was announced.</summary>
    public static async ValueTask<RequestText> ReadAsync(HttpContext http, int limit)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return new RequestText(BodyLimit.Refusal(limit));
            }
            if (read.IsCompleted)
                return new RequestText(reader, read.Buffer);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public void Release() => _reader?.AdvanceTo(Bytes.End);
}
