using System.Collections.Concurrent;

namespace Presence.Engine.Stage;

/// <summary>An invitation of one viewer to the stage of one room, as co-host.</summary>
/// <param name="Id">Names it; not a secret.</param>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who is invited.</param>
/// <param name="Status">What became of it.</param>
/// <param name="InvitedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it can be answered, exclusive, by the wall clock.</param>
/// <param name="InvitedBy">Who invited: a moderator's email or a server key's name.</param>
public sealed record StageInvitation(string Id, string RoomId, string UserId, InvitationStatus Status, DateTimeOffset InvitedAt, DateTimeOffset ExpiresAt, string InvitedBy)
{
    /// <summary>When it was accepted; null when it never was.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>When it was over; null while it is open.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>It is over because the viewer left the room, or was made to.</summary>
    public bool HasLeft { get; init; }

    /// <summary>It waits for an answer, or the viewer is on the stage.</summary>
    public bool IsOpen => Status is InvitationStatus.Pending or InvitationStatus.Accepted;

    /// <summary>How long it can still be answered; zero for one that can't.</summary>
    public TimeSpan Remaining(DateTimeOffset now) => Status == InvitationStatus.Pending && ExpiresAt > now ? ExpiresAt - now : TimeSpan.Zero;

    /// <summary>The invitation after an act; null, where the act means nothing to it any more.</summary>
    public StageInvitation? After(InvitationAct act, DateTimeOffset now) => InvitationRules.Next(Status, act) switch
    {
        null => null,
        InvitationStatus.Accepted => this with { Status = InvitationStatus.Accepted, AcceptedAt = now },
        { } status => this with { Status = status, EndedAt = now, HasLeft = act == InvitationAct.Leave },
    };
}

/// <summary>What became of an invitation. Stored by its number.</summary>
public enum InvitationStatus
{
    /// <summary>It waits for an answer.</summary>
    Pending = 0,

    /// <summary>The viewer is on the stage.</summary>
    Accepted = 1,

    /// <summary>The viewer said no.</summary>
    Rejected = 2,

    /// <summary>It was taken back, the viewer was taken off the stage, or left the room.</summary>
    Cancelled = 3,

    /// <summary>Nobody answered in time.</summary>
    Expired = 4,
}

/// <summary>What can happen to an invitation.</summary>
public enum InvitationAct
{
    /// <summary>The viewer says yes.</summary>
    Accept,

    /// <summary>The viewer says no.</summary>
    Reject,

    /// <summary>A moderator takes it back, or the viewer off the stage.</summary>
    Cancel,

    /// <summary>The viewer leaves the room, or is made to.</summary>
    Leave,

    /// <summary>Its time is over.</summary>
    Expire,
}

/// <summary>What is valid of invitations, and what follows what. Pure.</summary>
public static class InvitationRules
{
    /// <summary>The shortest time to answer, in seconds.</summary>
    public const int ShortestSeconds = 10;

    /// <summary>The longest time to answer, in seconds.</summary>
    public const int LongestSeconds = 60 * 60;

    /// <summary>The time to answer where nothing is said.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(2);

    /// <summary>What is wrong with a time to answer, or null.</summary>
    public static string? ProblemOfSeconds(double seconds) => seconds is >= ShortestSeconds and <= LongestSeconds
        ? null
        : $"expiresInSeconds must be from {ShortestSeconds} to {LongestSeconds}. You can leave it out.";

    /// <summary>What an act makes of an invitation; null when it is not open to that act.</summary>
    public static InvitationStatus? Next(InvitationStatus status, InvitationAct act) => (status, act) switch
    {
        (InvitationStatus.Pending, InvitationAct.Accept) => InvitationStatus.Accepted,
        (InvitationStatus.Pending, InvitationAct.Reject) => InvitationStatus.Rejected,
        (InvitationStatus.Pending, InvitationAct.Expire) => InvitationStatus.Expired,
        (InvitationStatus.Pending or InvitationStatus.Accepted, InvitationAct.Cancel or InvitationAct.Leave) => InvitationStatus.Cancelled,
        _ => null,
    };
}

/// <summary>The latest invitation of each viewer and room. Asked with every heartbeat, and without a lock.</summary>
/// <remarks>
/// <para><b>Leaving.</b> A viewer leaves under its room's lock, and its invitation ends there and then. A new invitation is published before anybody looks whether
/// its viewer is still present. So none is open whose viewer is gone.</para>
/// <para><b>Bound.</b> <see cref="PresenceLimits.Invitations"/>; those that are over stay for <see cref="Kept"/>, or until their place is needed.</para>
/// </remarks>
internal sealed class StageInvitations(int capacity)
{
    /// <summary>How long one that is over is still shown.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Place, StageInvitation> _latest = new();
    private readonly ConcurrentQueue<StageInvitation> _left = new();
    private int _count; // the dictionary's own count takes all its locks

    /// <summary>Whether there are none: the common case, which costs a heartbeat one read.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    public bool IsFull => Volatile.Read(ref _count) >= capacity;

    /// <summary>All of them, as they are while one reads.</summary>
    public IEnumerable<StageInvitation> All => IsEmpty ? [] : _latest.Select(place => place.Value);

    /// <summary>The latest of a viewer in a room; null when there is none.</summary>
    public StageInvitation? Of(string roomId, string userId) => IsEmpty ? null : _latest.GetValueOrDefault(new Place(roomId, userId));

    /// <summary>Puts one in the place of the one before. Called by one at a time.</summary>
    public void Set(StageInvitation invitation)
    {
        var place = new Place(invitation.RoomId, invitation.UserId);
        if (_latest.TryAdd(place, invitation))
            Interlocked.Increment(ref _count);
        else
            _latest[place] = invitation;
    }

    /// <summary>Says what became of one; false when something else did meanwhile.</summary>
    public bool TryReplace(StageInvitation before, StageInvitation after) => _latest.TryUpdate(new Place(before.RoomId, before.UserId), after, before);

    public void Forget(StageInvitation invitation)
    {
        if (_latest.TryRemove(KeyValuePair.Create(new Place(invitation.RoomId, invitation.UserId), invitation)))
            Interlocked.Decrement(ref _count);
    }

    /// <summary>The viewer is not in the room any more. Called under the room's lock.</summary>
    public void Leave(string roomId, string userId, DateTimeOffset now)
    {
        while (Of(roomId, userId) is { } open && open.After(InvitationAct.Leave, now) is { } ended)
        {
            if (!TryReplace(open, ended))
                continue;
            _left.Enqueue(ended);
            return;
        }
    }

    /// <summary>Those that ended by leaving since they were last taken: what is to be stored.</summary>
    public List<StageInvitation> TakeLeft()
    {
        var left = new List<StageInvitation>();
        while (_left.TryDequeue(out var invitation))
            left.Add(invitation);
        return left;
    }

    /// <summary>Gives back what could not be stored.</summary>
    public void GiveBack(IEnumerable<StageInvitation> left)
    {
        foreach (var invitation in left)
            _left.Enqueue(invitation);
    }

    private readonly record struct Place(string RoomId, string UserId);
}
