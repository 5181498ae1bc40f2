namespace Presence.Client.Heartbeats;

/// <summary>
/// One user in one room of one app. Two instances there would double its heartbeats, and the first to leave would end the
/// session of both: so the first to claim it sends them, the others say what it says and follow when it is done.
/// </summary>
internal sealed class SharedSession
{
    private readonly List<ISessionClaimant> _claimants = [];
    private PresenceState? _state;

    /// <summary>Somebody follows: the session goes on.</summary>
    public bool HasFollowersNeedsLock => _claimants.Count > 1;

    /// <summary>Who sends the heartbeats.</summary>
    public ISessionClaimant? SenderNeedsLock => _claimants.Count > 0 ? _claimants[0] : null;

    public bool IsEmptyNeedsLock => _claimants.Count == 0;

    public IReadOnlyList<ISessionClaimant> FollowersNeedsLock => _claimants.Skip(1).ToArray();

    public bool IsOfNeedsLock(ISessionClaimant claimant) => _claimants.Count > 0 && _claimants[0] == claimant;

    public void AddNeedsLock(ISessionClaimant claimant)
    {
        _claimants.Add(claimant);
        if (_state is not null)
            claimant.MirrorNeedsLock(_state);
    }

    public void PublishNeedsLock(PresenceState state)
    {
        _state = state;
        foreach (var follower in _claimants.Skip(1))
            follower.MirrorNeedsLock(state);
    }

    /// <returns>Who sends the heartbeats from now on, if that has changed.</returns>
    public ISessionClaimant? ReleaseNeedsLock(ISessionClaimant claimant)
    {
        var wasFirst = IsOfNeedsLock(claimant);
        _claimants.Remove(claimant);
        return wasFirst && _claimants.Count > 0 ? _claimants[0] : null;
    }
}
