namespace Presence.Client.Heartbeats;

/// <summary>
/// One user in one room of one app. Two instances there would double its heartbeats, and the first to leave would end the
/// session of both: so the first to claim it sends them, the others say what it says and follow when it is done.
/// </summary>
internal sealed class SharedSession
{
    private readonly List<ISessionClaimant> _claimants = [];
    private PresenceState? _state;

    /// <summary>There are followers, so the session continues.</summary>
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

/// <summary>One of those in an app who would send the same session's heartbeats.</summary>
internal interface ISessionClaimant
{
    /// <summary>The one before is done, and the session is this one's; or its next heartbeat is wanted now. Called outside the lock.</summary>
    void TakeOver();

    /// <summary>The one who sends heartbeats tells how it stands.</summary>
    void MirrorNeedsLock(PresenceState state);

    /// <summary>Hands on to listeners what <see cref="MirrorNeedsLock"/> left for them.</summary>
    void Deliver();
}

/// <summary>One of an app's presences, which hears how the app stands.</summary>
internal interface IAppListener
{
    void VisibilityChanged();

    /// <summary>Never faulted.</summary>
    Task SuspendAsync();

    void Resumed();

    void NetworkReturned();
}
