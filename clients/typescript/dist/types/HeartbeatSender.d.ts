import type { PresenceOptions } from "./PresenceOptions.js";
import type { PresenceState } from "./PresenceState.js";
/** The common part of room and user presence: a heartbeat with start, stop and state. */
export declare abstract class HeartbeatSender {
    #private;
    constructor(options: PresenceOptions);
    /** The state. The same object until something changes. */
    get state(): PresenceState;
    /**
     * Calls back with every new state, at least once per heartbeat.
     * @returns Ends it.
     */
    onStateChange(listener: (state: PresenceState) => void): () => void;
    /**
     * Sends a heartbeat now, and then at the server's interval. Calling it again while it runs changes nothing. After a
     * refusal it starts again.
     * @returns Fulfilled when the first one is accepted. Rejected with a PresenceError when it is refused. If `disabled`, it
     * keeps retrying. You don't have to await it: nothing is reported as unhandled.
     */
    startHeartbeat(): Promise<void>;
    /**
     * Ends the heartbeat and leaves.
     * @returns Fulfilled when the server has the leave, or can't be reached. Then the viewer times out. Never rejected.
     */
    stopHeartbeat(): Promise<void>;
    /**
     * While presence is off, retries now instead of after up to 15 min. For an app that knows that presence is on again,
     * or whose viewer returns to it. Otherwise it changes nothing.
     */
    resume(): void;
}
