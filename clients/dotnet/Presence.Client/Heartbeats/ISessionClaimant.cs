namespace Presence.Client.Heartbeats;

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
