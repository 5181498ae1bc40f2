import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import type { PresenceError } from "./PresenceError.js";
/**
 * - `idle`: not started, or stopped.
 * - `starting`: the first heartbeat is on its way.
 * - `present`: the last heartbeat was taken.
 * - `retrying`: the last attempt failed in a way that passes.
 * - `offline`: it failed and the device has no network; the next attempt comes with the network, or after a minute.
 * - `disabled`: presence is off, and `error.message` says for what: hide what shows it. Asked again after 1, 2, 4, 8 and then every
 *   15 min, or with `resume()`.
 * - `refused`: it has ended. `startHeartbeat()` begins anew.
 */
export type PresenceStatus = "idle" | "starting" | "present" | "retrying" | "offline" | "disabled" | "refused";
/** How presence stands. Never changed once it was handed out. */
export interface PresenceState {
    readonly status: PresenceStatus;
    /** Why it is `retrying`, `offline`, `disabled` or `refused`. */
    readonly error?: PresenceError | undefined;
    /** The last answer to a heartbeat, also while later ones fail. */
    readonly receipt?: HeartbeatReceipt | undefined;
    /** When the next attempt is due, by this device's clock. */
    readonly nextHeartbeatAt?: Date | undefined;
}
