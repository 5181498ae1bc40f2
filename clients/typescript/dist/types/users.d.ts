import type { PresenceError } from "./PresenceError.js";
import type { PresenceOptions } from "./PresenceOptions.js";
/** Whether a user is online in the network. */
export interface WatchedUser {
    readonly userId: string;
    readonly online: boolean;
}
export interface UserWatchOptions {
    /** Called when a read failed. Watching continues, unless the error `isFinal`. */
    readonly onError?: (error: PresenceError) => void;
}
/**
 * Calls back with all users, now and whenever one goes online or offline, from the server's event stream, or polled at the interval
 * of heartbeats if there is no stream. Pauses while the page is hidden.
 * @param userIds 1 to 100.
 * @returns Ends it. The option `signal` does too.
 * @throws RangeError for no user or too many.
 */
export declare function watchUsers(options: PresenceOptions, userIds: readonly string[], listener: (users: readonly WatchedUser[]) => void, { onError }?: UserWatchOptions): () => void;
