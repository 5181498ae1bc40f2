namespace Presence.Engine.Changes;

/// <summary>One subscriber's bounded queue of a room's changes.</summary>
public sealed class ChangeSubscription : IDisposable
{
    public void Dispose() => throw new NotSupportedException("not yet built");
}
