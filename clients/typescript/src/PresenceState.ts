import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import type { PresenceError } from "./PresenceError.js";

/**
 * - `idle`: not started, or stopped.
 * - `starting`: the first heartbeat is pending.
 * - `present`: the last heartbeat was accepted.
 * - `retrying`: the last attempt failed temporarily.
 * - `offline`: the attempt failed and the device has no network. The client retries when the network is back, or after one minute.
 * - `disabled`: presence is off, and `error.message` says where. Hide it. The client retries after 1, 2, 4, 8 and then every
 *   15 min, or with `resume()`.
 * - `refused`: stopped. `startHeartbeat()` starts it again.
 */
export type PresenceStatus = "idle" | "starting" | "present" | "retrying" | "offline" | "disabled" | "refused";

/** The state of presence. Immutable. */
export interface PresenceState {
  readonly status: PresenceStatus;
  /** Why it is `retrying`, `offline`, `disabled` or `refused`. */
  readonly error?: PresenceError | undefined;
  /** The last reply to a heartbeat, also while later ones fail. */
  readonly receipt?: HeartbeatReceipt | undefined;
  /** When the next attempt is due, by this device's clock. */
  readonly nextHeartbeatAt?: Date | undefined;
}
