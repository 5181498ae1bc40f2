import type { PresenceError } from "./PresenceError.js";
export interface CountWatchOptions {
    /** Minimum milliseconds between two counts, for a secondary screen. You get the latest count. By default, you get each count. */
    readonly minimumInterval?: number;
    /** Called when a read of the count failed. Watching continues, unless the error `isFinal`. */
    readonly onError?: (error: PresenceError) => void;
    /** Ends this watcher. */
    readonly signal?: AbortSignal;
}
