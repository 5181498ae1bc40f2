namespace Presence.Engine.Storage;

/// <summary>A user who once switched its own presence off; kept when it is on again, for the instant.</summary>
internal sealed class PresenceSwitchRecord
{
    public required string UserId { get; init; }
    public bool Enabled { get; set; }
    public DateTimeOffset EnabledAt { get; set; }
}
