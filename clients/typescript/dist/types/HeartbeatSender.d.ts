import type { PresenceOptions } from "./PresenceOptions.js";
import type { PresenceState } from "./PresenceState.js";
/** What room and user presence have in common: a heartbeat that is started, stopped and looked at. */
export declare abstract class HeartbeatSender {
    #private;
    constructor(options: PresenceOptions);
    /** How it stands. The same object until something changes. */
    get state(): PresenceState;
    /**
     * Calls back with every new state: at least once a heartbeat.
     * @returns Ends it.
     */
    onStateChange(listener: (state: PresenceState) => void): () => void;
    /**
     * Sends a heartbeat now, and then whenever the server asks for one. Calling it again while it runs changes nothing; after a
     * refusal it begins anew.
     * @returns Fulfilled when the first one was taken. Rejected with a PresenceError when it is refused; of kind `disabled`, it
     * goes on asking all the same. Need not be waited for: nothing is reported as unhandled.
     */
    startHeartbeat(): Promise<void>;
    /**
     * Ends the heartbeat and leaves.
     * @returns Fulfilled when the server knows, or could not be told; the presence timeout tells it then. Never rejected.
     */
    stopHeartbeat(): Promise<void>;
    /**
     * While presence is off: asks again now, in place of after up to 15 min. For an app that heard from elsewhere that it is on again,
     * or whose viewer comes back to it. Otherwise it changes nothing.
     */
    resume(): void;
}
