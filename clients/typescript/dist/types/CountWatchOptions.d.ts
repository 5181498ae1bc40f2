import type { PresenceError } from "./PresenceError.js";
export interface CountWatchOptions {
    /** At least so many milliseconds between two counts, the latest of them each time: for a screen nobody looks at closely. By default each is told as it comes. */
    readonly minimumInterval?: number;
    /** Called when the count could not be had. Watching goes on, unless the error `isFinal`. */
    readonly onError?: (error: PresenceError) => void;
    /** Ends this watcher. */
    readonly signal?: AbortSignal;
}
