namespace Presence.Dashboard.Api.Contracts;

/// <summary>It was done.</summary>
/// <param name="Success">Always true.</param>
internal sealed record SuccessReply(bool Success);
