namespace Presence.Engine.Changes;

/// <summary>Sessions that came and went since the writer last looked.</summary>
public sealed class MembershipJournal
{
    /// <summary>
    /// Takes everything recorded since the last call, in order, into <paramref name="changes"/> (cleared first).
    /// False when the journal overflowed: what it held is void and the writer must store <see cref="Snapshot"/> instead.
    /// </summary>
    public bool TryDrain(List<MembershipChange> changes) => throw new NotSupportedException("not yet built");

    /// <summary>The joins of all sessions present, walked room by room; joins and leaves meanwhile are in the next drain (a join may be in both).</summary>
    public IEnumerable<MembershipChange> Snapshot() => throw new NotSupportedException("not yet built");
}
