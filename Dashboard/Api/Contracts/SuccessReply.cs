namespace Presence.Dashboard.Api.Contracts;

/// <summary>It was done.</summary>
/// <param name="Success">Always true.</param>
/// <example>{"success":true}</example>
internal sealed record SuccessReply(bool Success);
