using Presence.Engine.Stage;

namespace Presence.Dashboard.Live;

/// <summary>Who is invited to a room's stage, is on it, or has a hand raised.</summary>
/// <param name="Invitations">The latest invitation of each viewer, by user.</param>
/// <param name="Guests">The open ones, those on the stage first, with names.</param>
/// <param name="Hands">The hands raised, in their order, with names; the first of many.</param>
/// <param name="HandCount">How many hands are raised.</param>
public sealed record StageReading(IReadOnlyDictionary<string, StageInvitation> Invitations, IReadOnlyList<StageGuest> Guests, IReadOnlyList<StageHand> Hands, int HandCount)
{
    /// <summary>More than a moderator works through at a glance.</summary>
    public const int MostHands = 50;

    /// <summary>Whether there is anything to show.</summary>
    public bool IsEmpty => Guests.Count == 0 && HandCount == 0;
}

/// <summary>Somebody invited to the stage, or on it.</summary>
/// <param name="Invitation">The invitation, which is open.</param>
/// <param name="Name">What the viewer is called.</param>
public sealed record StageGuest(StageInvitation Invitation, string Name);

/// <summary>Somebody with a raised hand.</summary>
/// <param name="Hand">The hand.</param>
/// <param name="Name">What the viewer is called.</param>
public sealed record StageHand(RaisedHand Hand, string Name);
