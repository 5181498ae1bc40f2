using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A viewer who is gone, as a stream tells it.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When: for a timeout the deadline.</param>
/// <param name="Count">The room's viewers after it.</param>
internal sealed record StreamLeave(
    string UserId,
    bool Guest,
    [property: AllowedValues("left", "timeout", "disabled", "removed", "ended")] string Reason,
    DateTimeOffset At,
    int Count);
