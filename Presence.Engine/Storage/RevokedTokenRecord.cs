namespace Presence.Engine.Storage;

/// <summary>A token that was taken back before it expired; the row goes when it would have.</summary>
internal sealed class RevokedTokenRecord
{
    public required string TokenId { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
}
