namespace Presence.Dashboard.Api.Contracts;

/// <summary>A viewer who came, as a stream tells it.</summary>
/// <param name="UserId">Who.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="AvatarUrl">A picture.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="At">When.</param>
/// <param name="Count">The room's viewers after it.</param>
internal sealed record StreamJoin(string UserId, string? DisplayName, string? AvatarUrl, bool Guest, DateTimeOffset At, int Count);
