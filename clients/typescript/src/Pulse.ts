import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";

/** What kind of heartbeat is sent: a room's, or a user's. */
export interface Pulse {
  /** Tells sessions of one user apart. */
  readonly key: string;
  /** What the next heartbeat would say of the viewer. */
  viewerState(): string;
  beat(signal: AbortSignal): Promise<HeartbeatReceipt>;
  leave(): Promise<unknown>;
  /** False where there are no beacons. */
  leaveByBeacon(): boolean;
}
