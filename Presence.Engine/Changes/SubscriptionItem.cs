namespace Presence.Engine.Changes;

/// <summary>What a read of a <see cref="ChangeSubscription"/> found.</summary>
public enum SubscriptionItem
{
    /// <summary>Nothing waits.</summary>
    None,

    /// <summary>A change.</summary>
    Change,

    /// <summary>Changes were missed: read the state again. Changes made after this read are recorded again.</summary>
    Gap,
}
