namespace Presence.Client.Server;

/// <summary>Who is vouched for, as it is sent.</summary>
internal sealed class VouchBody
{
    public string? UserId { get; init; }
}
