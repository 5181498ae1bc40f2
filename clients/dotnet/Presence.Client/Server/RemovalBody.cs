namespace Presence.Client.Server;

/// <summary>A removal, as it is sent.</summary>
internal sealed class RemovalBody
{
    public string? UserId { get; init; }
    public int DurationSeconds { get; init; }
    public string? Reason { get; init; }
}
