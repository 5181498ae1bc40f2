using Presence.Engine.Changes;

namespace Presence.Engine.Tests.Support;

internal static class ChangeReading
{
    /// <summary>Everything that waits, up to a gap.</summary>
    public static List<Change> All(this ChangeSubscription subscription)
    {
        var changes = new List<Change>();
        while (subscription.TryRead(out var change) == SubscriptionItem.Change)
            changes.Add(change);
        return changes;
    }

    /// <summary>Such as <c>Left ann Timeout</c>.</summary>
    public static string Text(this Change change) =>
        change.Kind == ChangeKind.Joined ? $"Joined {change.UserId}" : $"Left {change.UserId} {change.Reason}";
}
