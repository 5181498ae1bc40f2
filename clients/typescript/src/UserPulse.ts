import { type PresenceSettings, settingsPath } from "./PresenceSettings.js";
import type { PresenceServer } from "./PresenceServer.js";
import type { Pulse } from "./Pulse.js";
import { receiptOf } from "./receiptOf.js";
import { spread } from "./retryPolicy.js";

/** The heartbeats of a user, apart from any room. */
export function userPulse(server: PresenceServer): Pulse {
  return {
    key: "",
    viewerState: () => "", // a user's heartbeat says nothing but itself
    // Its answer names no pace, so the settings are asked with each one: a moderator may have changed it.
    beat: async signal => {
      const [{ network }] = await Promise.all([
        server.send<PresenceSettings>("GET", settingsPath, undefined, signal),
        server.send("POST", "/api/v1/presence/heartbeat", undefined, signal),
      ]);
      const heartbeatIntervalSeconds = network?.heartbeatInterval;
      return receiptOf({ heartbeatIntervalSeconds, nextHeartbeatInSeconds: spread(heartbeatIntervalSeconds, server.environment.random()) });
    },
    // There is none for users: who stops is online until the timeout.
    leave: async () => {},
    leaveByBeacon: () => true,
  };
}
