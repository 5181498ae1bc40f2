import type { PresenceError } from "./PresenceError.js";

export interface CountWatchOptions {
  /** Called when the count could not be had. Watching goes on, unless the error `isFinal`. */
  readonly onError?: (error: PresenceError) => void;
  /** Ends this watcher. */
  readonly signal?: AbortSignal;
}
