using Presence.Engine.Changes;

namespace Presence.Engine.Tests.Contracts;

/// <summary>The checkpoint's usual form: joins and leaves, applied to what was stored before.</summary>
internal sealed class JournalStore : IModelStore
{
    private readonly Dictionary<long, MembershipChange> _stored = [];
    private readonly List<MembershipChange> _drained = [];
    private PresenceEngine _engine = null!;

    public bool StoresJoins => true;

    public void Attach(PresenceEngine engine) => _engine = engine;

    public void Restart(PresenceEngine next)
    {
        Assert.True(_engine.Journal.TryDrain(_drained));
        foreach (var change in _drained)
        {
            if (change.IsJoin)
                _stored.Add(change.Id, change);
            else
                Assert.True(_stored.Remove(change.Id));
        }
        next.Restore(_stored.Values.Select(session => new RestoredSession(session, Profile: null)));
        _engine = next;

        // Who was not taken back (a cap, a removal) is not stored any more either, as the writer's first pass sees to.
        var present = next.Journal.Snapshot().Select(session => session.Id).ToHashSet();
        foreach (var id in _stored.Keys.Where(id => !present.Contains(id)).ToList())
            _stored.Remove(id);
    }

    public void Dispose()
    {
    }
}
