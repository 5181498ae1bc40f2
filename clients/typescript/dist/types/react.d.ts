import { type PresenceState, RoomPresence, type RoomPresenceOptions, type ViewerState } from "./presence.js";
export interface UseRoomPresenceOptions extends RoomPresenceOptions {
    /** Count this viewer while the component is mounted. Default: true. */
    readonly heartbeat?: boolean;
    /** Keep `count` up to date. Default: true. */
    readonly watch?: boolean;
    /** What the viewer does, such as `paused` while playback is paused. */
    readonly viewerState?: ViewerState;
}
export interface UsedRoomPresence {
    readonly state: PresenceState;
    /** Undefined until it is known. */
    readonly count: number | undefined;
    /** For other calls. Undefined until the component is mounted. */
    readonly presence: RoomPresence | undefined;
}
/**
 * Keeps the viewer present in a room while a component is mounted, and the count up to date. Components that use the same room
 * share one heartbeat. `token` and `getToken` may change with every rendering, as long as they are of the same user: give the
 * component a `key` of the user where that can change.
 */
export declare function useRoomPresence(options: UseRoomPresenceOptions): UsedRoomPresence;
