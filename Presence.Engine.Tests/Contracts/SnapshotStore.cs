using Presence.Engine.Changes;

namespace Presence.Engine.Tests.Contracts;

/// <summary>The checkpoint's form after an overflow: everybody present, walked at the end.</summary>
internal sealed class SnapshotStore : IModelStore
{
    private PresenceEngine _engine = null!;

    public bool StoresJoins => false;

    public void Attach(PresenceEngine engine) => _engine = engine;

    public void Restart(PresenceEngine next)
    {
        next.Restore([.. _engine.Journal.Snapshot().Select(session => new RestoredSession(session, Profile: null))]);
        _engine = next;
    }

    public void Dispose()
    {
    }
}
