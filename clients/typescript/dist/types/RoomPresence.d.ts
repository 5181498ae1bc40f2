import type { CountWatchOptions } from "./CountWatchOptions.js";
import { HeartbeatSender } from "./HeartbeatSender.js";
import type { PresenceOptions } from "./PresenceOptions.js";
/** What a viewer does, as moderators see it. */
export type ViewerState = "visible" | "hidden" | "paused";
export interface RoomPresenceOptions extends PresenceOptions {
    /** The room, 1 to 128 characters, none of them a control character or one of `/ \ ? # %`. */
    readonly roomId: string;
    /** The viewer's device, for moderators. */
    readonly device?: string | undefined;
    /** The app's version, for moderators. */
    readonly appVersion?: string | undefined;
    /** `false`: the viewer is counted, and named in no list, until it leaves. */
    readonly listed?: boolean | undefined;
}
/** Which viewers to list, and in what order. */
export interface RoomViewerQuery {
    /** 1 to 200, the default. */
    readonly limit?: number;
    /** `heartbeat`, the default: latest heartbeat first. `joined`: longest present first. `-joined`: newest first. */
    readonly sort?: "heartbeat" | "joined" | "-joined" | "name";
    /** Part of the id or the name. */
    readonly search?: string;
    readonly state?: ViewerState;
    readonly signal?: AbortSignal;
}
/** A user's whole profile. Instants are ISO 8601, UTC. */
export interface PresenceUser {
    readonly userId: string;
    readonly userPublicId: string;
    readonly userInternalId: string;
    readonly displayName: string;
    readonly description: string;
    readonly avatarFileId: string | null;
    /** The URL of a picture. */
    readonly avatarCustomUrl: string | null;
    readonly roles: readonly string[];
    readonly permissions: readonly string[];
    /** The metadata set by the app's backend. */
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly tags: readonly string[];
    readonly isBrand: boolean;
    readonly isGlobalBan: boolean;
    readonly isDeleted: boolean;
    readonly createdAt: string;
    readonly updatedAt: string;
}
/** A viewer. Instants are ISO 8601, UTC. */
export interface RoomViewer {
    readonly userId: string;
    readonly displayName?: string;
    readonly avatarUrl?: string;
    readonly joinedAt: string;
    readonly lastHeartbeatAt: string;
    readonly state: ViewerState;
    /** A heartbeat is overdue. */
    readonly fading: boolean;
    readonly sessions: number;
    /** The whole profile: metadata, tags, picture. */
    readonly user: PresenceUser;
}
/** One viewer in one live room: sends heartbeats, and reads the viewers. Reading alone doesn't count. */
export declare class RoomPresence extends HeartbeatSender {
    #private;
    /** @throws RangeError for an invalid room id. */
    constructor(options: RoomPresenceOptions);
    get roomId(): string;
    /** The viewer count: all distinct viewers. Tries three times. */
    getRoomUserCount(options?: {
        readonly signal?: AbortSignal;
    }): Promise<number>;
    /** The viewers, up to 200. The count has no limit, so it can be higher. Tries three times. */
    getRoomOnlineUsers({ signal, ...query }?: RoomViewerQuery): Promise<RoomViewer[]>;
    /**
     * Calls back with the count, now and whenever it changes, from the server's event stream, or polled at the interval of the
     * heartbeats if there is no stream. Pauses while the page is hidden. Follows to another room.
     * @returns Ends it.
     */
    watchCount(listener: (count: number) => void, options?: CountWatchOptions): () => void;
    /**
     * Leaves this room first and then, if its heartbeat was running, enters the other.
     * @returns As `startHeartbeat()`; fulfilled at once if it was not running.
     */
    switchRoom(roomId: string): Promise<void>;
    /** The viewer's state, where the page can't detect it: playback is paused, or a mobile app is in the background. */
    setViewerState(state: ViewerState): void;
    /** Also for the count that is watched. */
    resume(): void;
}
