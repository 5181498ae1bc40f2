using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>All that is special about a room; what is left out is not.</summary>
/// <param name="Title">What to show instead of the id.</param>
/// <param name="Status">Whether it takes heartbeats; live unless sent.</param>
/// <param name="Overrides">What it does differently from the network.</param>
/// <example>{"title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90}}</example>
internal sealed record DefinedRoomRequest(
    [property: MinLength(1), MaxLength(RoomDefinitionRules.LongestTitle)] string? Title,
    [property: AllowedValues("live", "ended")] string? Status,
    DefinedRoomRequest.OverridesPart? Overrides)
{
    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>What a room does differently from the network; what is left out follows the network.</summary>
    /// <param name="Enabled">Whether presence is on for the room; true cannot switch on what is off for the network.</param>
    /// <param name="HeartbeatIntervalSeconds">How often clients are asked for a heartbeat.</param>
    /// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat; raised to the interval and 5 seconds where it is less.</param>
    internal sealed record OverridesPart(
        bool? Enabled,
        [property: Range(1, 600)] int? HeartbeatIntervalSeconds,
        [property: Range(6, 3600)] int? PresenceTimeoutSeconds)
    {
        /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Unknown { get; set; }
    }
}
