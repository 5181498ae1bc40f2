import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import { HeartbeatSender } from "./HeartbeatSender.js";
import type { PresenceServer } from "./PresenceServer.js";
import type { Pulse } from "./Pulse.js";
import { receiptOf } from "./receiptOf.js";
import { spread } from "./retryPolicy.js";

const settings = "/api/v1/presence/settings";

interface PresenceSettings {
  readonly user: { readonly enabled: boolean };
  readonly network: { readonly heartbeatInterval: number };
}

/** Whether the user is online in the network, apart from any room. */
export class UserPresence extends HeartbeatSender {
  /** Lets others see the user online. Durable; a user begins enabled. */
  async enable(): Promise<void> {
    await this.#switch(true);
  }

  /** Keeps the user out of what others see. Durable. */
  async disable(): Promise<void> {
    await this.#switch(false);
  }

  /** Whether others may see the user online. Answers while presence is off, too. */
  async isEnabled(options: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    return (await this.server.read<PresenceSettings>(settings, options.signal)).user.enabled;
  }

  /** @internal */
  protected override pulse(): Pulse {
    return new UserPulse(this.server);
  }

  #switch(enabled: boolean): Promise<unknown> {
    return this.server.send("PUT", `${settings}/user`, { enabled });
  }
}

class UserPulse implements Pulse {
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
      this.#server.send<PresenceSettings>("GET", settings, undefined, signal),
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
