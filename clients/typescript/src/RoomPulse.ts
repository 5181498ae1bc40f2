import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import type { PresenceServer } from "./PresenceServer.js";
import type { Pulse } from "./Pulse.js";
import { receiptOf } from "./receiptOf.js";
import { roomPath } from "./roomPath.js";

/** What a room's heartbeats say, asked anew for each. */
export interface RoomPulseSource {
  readonly roomId: string;
  readonly sessionId: string;
  readonly device: string | undefined;
  readonly appVersion: string | undefined;
  viewerState(): string;
  settingsVersion(): number | undefined;
  wantsCount(): boolean;
}

/** One session's heartbeats in one room. */
export class RoomPulse implements Pulse {
  readonly key: string;
  readonly #server: PresenceServer;
  readonly #source: RoomPulseSource;
  readonly #path: string;

  constructor(server: PresenceServer, source: RoomPulseSource) {
    this.key = `${source.roomId} ${source.sessionId}`;
    this.#server = server;
    this.#source = source;
    this.#path = roomPath(source.roomId);
  }

  viewerState(): string {
    return this.#source.viewerState();
  }

  async beat(signal: AbortSignal): Promise<HeartbeatReceipt> {
    const { sessionId, device, appVersion } = this.#source;
    const body = { sessionId, state: this.viewerState(), device, appVersion, settingsVersion: this.#source.settingsVersion() };
    const query = this.#source.wantsCount() ? "?include=count" : "";
    return receiptOf(await this.#server.send("POST", `${this.#path}/heartbeat${query}`, body, signal));
  }

  leave(): Promise<unknown> {
    return this.#server.send("DELETE", `${this.#path}/heartbeat?sessionId=${encodeURIComponent(this.#source.sessionId)}`);
  }

  leaveByBeacon(): boolean {
    return this.#server.beacon(`${this.#path}/leave`, { sessionId: this.#source.sessionId });
  }
}
