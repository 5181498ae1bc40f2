import type { StageInvitation } from "./HeartbeatReceipt.js";
import { RoomPresence, type RoomPresenceOptions } from "./RoomPresence.js";
/** Room presence of an app with a stage: hears of invitations, answers them, and raises the viewer's hand. */
export declare class StagePresence extends RoomPresence {
    #private;
    /** @throws RangeError for an invalid room id. */
    constructor(options: RoomPresenceOptions);
    /** The open invitation: pending, or accepted while the viewer is on the stage. */
    get invitation(): StageInvitation | undefined;
    /** Whether the server has the viewer's hand as raised. A moderator can lower it, and a restart of the server does. */
    get handRaised(): boolean;
    /**
     * Calls back with an invitation, with its acceptance, and with `undefined` when it is over: at once while the page watches the
     * room's count, otherwise with the next heartbeat.
     * @returns Ends it.
     */
    onInvitation(listener: (invitation: StageInvitation | undefined) => void): () => void;
    /** Accepts the open invitation. Rejected with a PresenceError when it is over. */
    accept(): Promise<StageInvitation>;
    /** Rejects the open invitation. */
    reject(): Promise<StageInvitation>;
    /** Says so at once if the heartbeat runs, otherwise with its second heartbeat. */
    raiseHand(): void;
    /** Takes the hand down. */
    lowerHand(): void;
}
export { PresenceError } from "./PresenceError.js";
export type { HeartbeatReceipt, StageInvitation } from "./HeartbeatReceipt.js";
export type { PresenceErrorKind } from "./PresenceError.js";
export type { AppState, PresenceOptions } from "./PresenceOptions.js";
export type { PresenceState, PresenceStatus } from "./PresenceState.js";
export type { RoomPresenceOptions, ViewerState } from "./RoomPresence.js";
