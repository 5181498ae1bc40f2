namespace Presence.Client.Tests.RealServer;

/// <summary>An event stream of the server's as the client gets it: cut off, or silent, when the test wants it.</summary>
internal sealed class ResponseStream(Stream wire) : Stream
{
    private readonly CancellationTokenSource _cut = new();
    private volatile bool _isSilent;
    private volatile bool _isClosed;
    private volatile int _parts;

    /// <summary>Whether the client has closed it, or the network.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>How much has arrived, in no unit that matters; it grows.</summary>
    public int Parts => _parts;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>From here on nothing arrives, and nobody says so.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>The connection breaks.</summary>
    public void Cut() => _cut.Cancel();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
        try
        {
            while (true)
            {
                var length = await wire.ReadAsync(buffer, over.Token).ConfigureAwait(false);
                if (_isSilent && length > 0)
                    continue;
                _parts++; // one reads at a time
                return length;
            }
        }
        catch (OperationCanceledException exception) when (_cut.IsCancellationRequested)
        {
            throw new IOException("The connection was reset.", exception);
        }
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
        _isClosed = true;
        wire.Dispose();
        _cut.Dispose();
        base.Dispose(disposing);
    }
}
