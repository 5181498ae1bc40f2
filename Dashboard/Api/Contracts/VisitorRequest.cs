using System.ComponentModel.DataAnnotations;
using Presence.Engine;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A guest who logs in.</summary>
/// <param name="DeviceId">This client instance; the same device is the same guest.</param>
/// <param name="DeviceInfo">The device, in words.</param>
/// <example>{"deviceId":"kiosk-7"}</example>
internal sealed record VisitorRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? DeviceId,
    DeviceDescription? DeviceInfo);
