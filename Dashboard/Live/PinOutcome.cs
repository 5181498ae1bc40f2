namespace Presence.Dashboard.Live;

/// <summary>What became of pinning a room or letting it go.</summary>
internal enum PinOutcome
{
    Done,

    /// <summary>As many are pinned as may be. Nothing was changed.</summary>
    Full,

    /// <summary>It could not be stored. Nothing was changed.</summary>
    Failed,
}
