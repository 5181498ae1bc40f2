namespace Presence.Client.Http;

/// <summary>What a login is answered with, as far as it is used.</summary>
internal sealed class LoginAnswer
{
    public string? AccessToken { get; init; }
}
