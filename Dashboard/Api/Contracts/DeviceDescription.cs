using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>What a client says of the device it runs on. Checked for size and not kept.</summary>
/// <param name="Kind">Such as web, ios or android.</param>
/// <param name="Model">The device or browser.</param>
/// <param name="SdkVersion">The version of the client's library.</param>
internal sealed record DeviceDescription(
    [property: MaxLength(LoginRules.LongestKind)] string? Kind,
    [property: MaxLength(LoginRules.LongestModel)] string? Model,
    [property: MaxLength(LoginRules.LongestSdkVersion)] string? SdkVersion);
