import { HeartbeatSender } from "./HeartbeatSender.js";
/** Whether the user is online in the network, apart from any room. */
export declare class UserPresence extends HeartbeatSender {
    #private;
    /** Lets others see the user online. Durable; a user begins enabled. */
    enable(): Promise<void>;
    /** Keeps the user out of what others see. Durable. */
    disable(): Promise<void>;
    /** Whether others may see the user online. Answers while presence is off, too. */
    isEnabled(options?: {
        readonly signal?: AbortSignal;
    }): Promise<boolean>;
}
