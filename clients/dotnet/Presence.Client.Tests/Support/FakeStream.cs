using System.Net;
using System.Text;

namespace Presence.Client.Tests.Support;

/// <summary>Server-sent events that a test sends by hand; whoever reads goes on where it is sent.</summary>
internal sealed class FakeStream : Stream
{
    private readonly Queue<byte[]> _waiting = new();
    private TaskCompletionSource<int>? _read;
    private Memory<byte> _into;

    /// <summary>Whether the client has closed it.</summary>
    public bool IsClosed { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public HttpResponseMessage Response() => new(HttpStatusCode.OK) { Content = new StreamContent(this) };

    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public void Event(string name, int count) => Send($"event: {name}\nid: 1\ndata: {{\"count\":{count}}}\n\n");

    /// <summary>In a stream of several rooms.</summary>
    public void EventOf(string roomId, string name, int count) => Send($"event: {name}\nid: 1.2.1.a\ndata: {{\"roomId\":\"{roomId}\",\"count\":{count}}}\n\n");

    public void End() => Send([]);

    public void Break() => Fail(new IOException("connection reset"));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_waiting.Count > 0)
            return ValueTask.FromResult(Take(buffer));
        _into = buffer;
        _read = new TaskCompletionSource<int>();
        return new ValueTask<int>(_read.Task);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        Fail(new IOException("disposed"));
        base.Dispose(disposing);
    }

    private void Send(byte[] part)
    {
        _waiting.Enqueue(part);
        if (_read is not { } read)
            return;
        _read = null;
        read.SetResult(Take(_into));
    }

    private void Fail(Exception exception)
    {
        var read = _read;
        _read = null;
        read?.SetException(exception);
    }

    private int Take(Memory<byte> buffer)
    {
        var part = _waiting.Dequeue();
        part.CopyTo(buffer);
        return part.Length;
    }
}
