import { HeartbeatSender } from "./HeartbeatSender.js";
/** A user's online state in the network, independent of rooms. */
export declare class UserPresence extends HeartbeatSender {
    #private;
    /** Shows the user as online to others. Saved on the server. On by default. */
    enable(): Promise<void>;
    /** Hides the user from others. Saved on the server. */
    disable(): Promise<void>;
    /** Whether others can see the user online. Also works while presence is off. */
    isEnabled(options?: {
        readonly signal?: AbortSignal;
    }): Promise<boolean>;
}
