namespace Presence.Dashboard.Api.Contracts;

/// <summary>What a client says of the device it runs on. Checked for size and not kept.</summary>
internal sealed record DeviceDescription(string? Kind, string? Model, string? SdkVersion);
