namespace Presence.Dashboard.Api.Contracts;

internal sealed record ErrorDetail(string Detail);
