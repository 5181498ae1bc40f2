namespace Presence.Engine.Moderation;

/// <summary>Which removals are valid. Pure.</summary>
public static class RemovalRules
{
    /// <summary>The longest text a viewer is told, in characters.</summary>
    public const int LongestReason = 200;

    /// <summary>Ten years: long enough for "for good", short enough that an instant ten times as far off is seen to be a slip.</summary>
    public const int LongestSeconds = 3660 * 24 * 60 * 60;

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(LongestSeconds);

    /// <summary>Says what is wrong with what a viewer is told; null when it may be said. Null says nothing.</summary>
    public static string? ProblemOfReason(string? reason) =>
        reason is null || (reason.Length is > 0 and <= LongestReason && !reason.Any(char.IsControl))
            ? null
            : $"reason must have 1 to {LongestReason} characters, none of them a control character; leave it out to say nothing.";
}
