namespace Presence.Engine.Storage;

/// <summary>One entry into the <see cref="WriteGate"/>. Disposing it twice is harmless.</summary>
public sealed class WriteLease : IDisposable
{
    private WriteGate? _gate;

    internal WriteLease(WriteGate gate) => _gate = gate;

    /// <summary>Leaves the gate; the next writer enters when the holder's last lease is disposed.</summary>
    public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave();
}
