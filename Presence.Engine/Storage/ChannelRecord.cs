namespace Presence.Engine.Storage;

/// <summary>The members of one channel: always replaced and read as a whole, hence one row.</summary>
internal sealed class ChannelRecord
{
    public required string ChannelId { get; init; }

    /// <summary>A JSON list of user ids.</summary>
    public required string MembersJson { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}
