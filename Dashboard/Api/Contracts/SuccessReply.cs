namespace Presence.Dashboard.Api.Contracts;

internal sealed record SuccessReply(bool Success);
