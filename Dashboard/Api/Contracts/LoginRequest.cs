namespace Presence.Dashboard.Api.Contracts;

internal sealed record LoginRequest(string? UserId, string? DisplayName, string? AuthToken, string? DeviceId, DeviceDescription? DeviceInfo);
