using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A room of the catalogue, and what is in force in it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Title">What to show instead of the id.</param>
/// <param name="Status">Whether it takes heartbeats or its broadcast is over.</param>
/// <param name="Overrides">What it does differently from the network; what is left out follows the network.</param>
/// <param name="Effective">What is in force in it, and where each value comes from.</param>
/// <param name="Version">Rises with every change; 0 for a room the catalogue does not know.</param>
/// <param name="UpdatedAt">When it was last saved.</param>
/// <param name="UpdatedBy">Who saved it: a moderator's email or a server key's name.</param>
/// <example>
/// {"roomId":"lobby","title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90},"effective":{"enabled":{"value":true,"from":"network"},
/// "heartbeatIntervalSeconds":{"value":30,"from":"network"},"presenceTimeoutSeconds":{"value":90,"from":"room"}},"version":1,
/// "updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"server key"}
/// </example>
internal sealed record DefinedRoomDocument(
    string RoomId,
    string? Title,
    [property: AllowedValues("live", "ended")] string Status,
    DefinedRoomDocument.StoredOverrides Overrides,
    DefinedRoomDocument.EffectivePart Effective,
    int Version,
    DateTimeOffset? UpdatedAt,
    string? UpdatedBy)
{
    /// <summary>What a room does differently from the network.</summary>
    /// <param name="Enabled">Whether presence is on for the room.</param>
    /// <param name="HeartbeatIntervalSeconds">How often clients are asked for a heartbeat.</param>
    /// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat.</param>
    internal sealed record StoredOverrides(bool? Enabled, double? HeartbeatIntervalSeconds, double? PresenceTimeoutSeconds);

    /// <summary>What is in force in a room.</summary>
    /// <param name="Enabled">Whether presence is on.</param>
    /// <param name="HeartbeatIntervalSeconds">How often clients are asked for a heartbeat.</param>
    /// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat.</param>
    internal sealed record EffectivePart(EffectiveSwitch Enabled, EffectiveDuration HeartbeatIntervalSeconds, EffectiveDuration PresenceTimeoutSeconds);

    /// <summary>On or off, and who decided it.</summary>
    /// <param name="Value">On or off.</param>
    /// <param name="From">The network's settings, or the room's override.</param>
    internal sealed record EffectiveSwitch(bool Value, [property: AllowedValues("network", "room")] string From);

    /// <summary>A duration, and who decided it.</summary>
    /// <param name="Value">In seconds.</param>
    /// <param name="From">The network's settings, the room's override, or the rule that raised the timeout because the two do not go together.</param>
    internal sealed record EffectiveDuration(double Value, [property: AllowedValues("network", "room", "rule")] string From);
}
