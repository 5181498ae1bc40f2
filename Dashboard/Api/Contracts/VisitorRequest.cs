namespace Presence.Dashboard.Api.Contracts;

internal sealed record VisitorRequest(string? DeviceId, DeviceDescription? DeviceInfo);
