namespace Presence.Client.Http;

/// <summary>What a heartbeat is answered with.</summary>
internal sealed class HeartbeatAnswer
{
    public double? HeartbeatIntervalSeconds { get; init; }
    public double? PresenceTimeoutSeconds { get; init; }
    public double? NextHeartbeatInSeconds { get; init; }
    public int? SettingsVersion { get; init; }
    public int? Count { get; init; }

    /// <summary>An answer without a pace comes from something in between, such as a hotel's sign-in page: the heartbeat was not taken.</summary>
    /// <exception cref="PresenceException">It is such an answer.</exception>
    public static HeartbeatReceipt ToReceipt(HeartbeatAnswer answer) => answer.NextHeartbeatInSeconds is > 0 and < 86_400 and var next
        ? new HeartbeatReceipt
        {
            NextHeartbeatIn = TimeSpan.FromSeconds(next),
            HeartbeatInterval = TimeSpan.FromSeconds(answer.HeartbeatIntervalSeconds is > 0 and < 86_400 and var interval ? interval : next),
            PresenceTimeout = answer.PresenceTimeoutSeconds is > 0 and < 86_400 and var timeout ? TimeSpan.FromSeconds(timeout) : null,
            SettingsVersion = answer.SettingsVersion,
            Count = answer.Count,
        }
        : throw PresenceException.NotOfThisServer();
}
