namespace Presence.Engine.Stage;

/// <summary>A viewer's raised hand.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="RaisedAt">Since when.</param>
public readonly record struct RaisedHand(string UserId, DateTimeOffset RaisedAt);

/// <summary>The hands raised in one room. In memory alone: after a restart, they are raised again by those who still want to.</summary>
/// <remarks>
/// <para><b>Lowered by a moderator.</b> A client may say with every heartbeat that the hand is raised. So a hand that was lowered stays down until the session that raised
/// it says something else.</para>
/// <para><b>Bound.</b> <see cref="PresenceLimits.HandsPerRoom"/>, those lowered included; one more is not taken.</para>
/// <para><b>Threads.</b> The room's lock.</para>
/// </remarks>
internal sealed class RaisedHands
{
    private readonly Dictionary<string, Hand> _hands = new(PresenceComparers.UserId);
    private long _last;

    /// <summary>How many are up.</summary>
    public int Count { get; private set; }

    public bool IsEmpty => _hands.Count == 0;

    public bool IsRaised(string userId) => _hands.TryGetValue(userId, out var hand) && !hand.IsLowered;

    /// <summary>When it was raised; null when it is not.</summary>
    public long? RaisedAt(string userId) => _hands.TryGetValue(userId, out var hand) && !hand.IsLowered ? hand.RaisedAt : null;

    /// <summary>What a heartbeat says of the hand, null for nothing; whether anything visible changed.</summary>
    public bool Say(bool? raised, string userId, string sessionId, long now)
    {
        var isKnown = _hands.TryGetValue(userId, out var hand);
        if (isKnown && !hand.IsLowered)
            return raised == false && Leave(userId);
        var isOfSession = isKnown && string.Equals(hand.SessionId, sessionId, StringComparison.Ordinal);
        if (raised != true)
        {
            if (isOfSession || (isKnown && raised == false))
                _hands.Remove(userId);
            return false;
        }
        if (isOfSession || (!isKnown && _hands.Count >= PresenceLimits.HandsPerRoom))
            return false;
        _hands[userId] = new Hand(sessionId, now, ++_last, IsLowered: false);
        Count++;
        return true;
    }

    /// <summary>A moderator lowers it; false when it was not up.</summary>
    public bool Lower(string userId)
    {
        if (!_hands.TryGetValue(userId, out var hand) || hand.IsLowered)
            return false;
        _hands[userId] = hand with { IsLowered = true };
        Count--;
        return true;
    }

    /// <summary>The viewer is gone, or takes the hand down; whether it was up.</summary>
    public bool Leave(string userId)
    {
        if (!_hands.Remove(userId, out var hand) || hand.IsLowered)
            return false;
        Count--;
        return true;
    }

    /// <summary>Those up, in the order of raising.</summary>
    public List<(string UserId, long RaisedAt)> InOrder() =>
        [.. _hands.Where(hand => !hand.Value.IsLowered).OrderBy(hand => hand.Value.Order).Select(hand => (hand.Key, hand.Value.RaisedAt))];

    private readonly record struct Hand(string SessionId, long RaisedAt, long Order, bool IsLowered);
}
