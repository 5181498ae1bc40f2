import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import { type PresenceSettings, settingsPath } from "./PresenceSettings.js";
import type { PresenceServer } from "./PresenceServer.js";
import type { Pulse } from "./Pulse.js";
import { receiptOf } from "./receiptOf.js";
import { spread } from "./retryPolicy.js";

/** The heartbeats of a user, apart from any room. */
export class UserPulse implements Pulse {
  readonly key = "";
  readonly #server: PresenceServer;

  constructor(server: PresenceServer) {
    this.#server = server;
  }

  viewerState(): string {
    return ""; // a user's heartbeat says nothing but itself
  }

  /** Its answer names no pace, so the settings are asked with each one: a moderator may have changed it. */
  async beat(signal: AbortSignal): Promise<HeartbeatReceipt> {
    const [{ network }] = await Promise.all([
      this.#server.send<PresenceSettings>("GET", settingsPath, undefined, signal),
      this.#server.send("POST", "/api/v1/presence/heartbeat", undefined, signal),
    ]);
    const heartbeatIntervalSeconds = network?.heartbeatInterval;
    return receiptOf({ heartbeatIntervalSeconds, nextHeartbeatInSeconds: spread(heartbeatIntervalSeconds, this.#server.environment.random()) });
  }

  /** There is none for users: who stops is online until the timeout. */
  async leave(): Promise<void> {}

  leaveByBeacon(): boolean {
    return true;
  }
}
