namespace Presence.Client.Http;

/// <summary>Who signs in.</summary>
internal sealed class LoginBody
{
    public string? UserId { get; init; }
    public string? DeviceId { get; init; }
    public string? DisplayName { get; init; }
    public string? AuthToken { get; init; }
}
