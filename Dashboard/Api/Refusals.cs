using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Api;

/// <summary>Refusals that several routes share.</summary>
internal static class Refusals
{
    public static readonly ApiRefusal Disabled = new(ApiErrors.PresenceDisabled, "Presence is switched off for this network; a moderator can switch it on in the settings.");

    public static ApiRefusal TooFast(string message, TimeSpan wait)
    {
        var seconds = WholeSeconds(wait);
        return new ApiRefusal(ApiErrors.RateLimited, $"{message} Try again in {seconds} s.") { RetryAfterSeconds = seconds };
    }

    public static ApiRefusal TooManyHeartbeats(TimeSpan wait) =>
        TooFast("This session sends heartbeats too often; wait nextHeartbeatInSeconds between two.", wait);

    /// <summary>Why the engine took no heartbeat.</summary>
    public static ApiRefusal Of(HeartbeatOutcome outcome, PresenceLimits limits, PresenceSettings settings) => outcome switch
    {
        HeartbeatOutcome.NetworkDisabled => Disabled,
        HeartbeatOutcome.RoomLimit => Capped($"The server holds its cap of {limits.Rooms} rooms; one becomes free when a room is left empty.", settings),
        HeartbeatOutcome.SessionLimit => Capped($"The server holds its cap of {limits.Sessions} sessions; one becomes free when a viewer leaves.", settings),
        HeartbeatOutcome.RoomsPerUserLimit => Capped($"This user is present in {limits.RoomsPerUser} rooms, as many as one may; leave a room first.", settings),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not a refusal"),
    };

    private static ApiRefusal Capped(string message, PresenceSettings settings) =>
        new(ApiErrors.CapReached, message) { RetryAfterSeconds = WholeSeconds(settings.PresenceTimeout) };

    private static int WholeSeconds(TimeSpan span) => Math.Max(1, (int)Math.Ceiling(span.TotalSeconds));
}
