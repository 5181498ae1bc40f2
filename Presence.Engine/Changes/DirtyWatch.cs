namespace Presence.Engine.Changes;

/// <summary>"Something changed": any number of changes between two waits are one signal.</summary>
public sealed class DirtyWatch : IDisposable
{
    /// <summary>Completes when something changed since the last completed wait (at once if it already has).</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => throw new NotSupportedException("not yet built");

    public void Dispose() => throw new NotSupportedException("not yet built");
}
