namespace Presence.Client.Server;

/// <summary>A definition on the wire, both ways.</summary>
internal sealed class RoomDefinitionDocument
{
    private const string Ended = "ended";

    public string? Title { get; init; }
    public string? Status { get; init; }
    public OverridesPart? Overrides { get; init; }

    public static RoomDefinitionDocument Of(RoomDefinition room) => new()
    {
        Title = room.Title,
        Status = room.IsEnded ? Ended : "live",
        Overrides = new OverridesPart
        {
            Enabled = room.IsEnabled,
            HeartbeatIntervalSeconds = Seconds(room.HeartbeatInterval),
            PresenceTimeoutSeconds = Seconds(room.PresenceTimeout),
        },
    };

    public RoomDefinition ToDefinition(string roomId, string? etag) => new(roomId)
    {
        Title = Title,
        IsEnded = Status == Ended,
        IsEnabled = Overrides?.Enabled,
        HeartbeatInterval = Duration(Overrides?.HeartbeatIntervalSeconds),
        PresenceTimeout = Duration(Overrides?.PresenceTimeoutSeconds),
        ETag = etag,
    };

    private static double? Seconds(TimeSpan? duration) => duration?.TotalSeconds;

    private static TimeSpan? Duration(double? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;

    internal sealed class OverridesPart
    {
        public bool? Enabled { get; init; }
        public double? HeartbeatIntervalSeconds { get; init; }
        public double? PresenceTimeoutSeconds { get; init; }
    }
}
