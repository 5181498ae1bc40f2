import { countWatch } from "./CountWatch.js";
import type { CountWatchOptions } from "./CountWatchOptions.js";
import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import { HeartbeatSender } from "./HeartbeatSender.js";
import { pageSessionId } from "./pageSessionId.js";
import type { PresenceOptions } from "./PresenceOptions.js";
import type { Pulse } from "./Pulse.js";
import { roomPath } from "./roomPath.js";
import { roomPulse } from "./RoomPulse.js";

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
export class RoomPresence extends HeartbeatSender {
  readonly #options: RoomPresenceOptions;
  readonly #counts: ReturnType<typeof countWatch>;
  #roomId: string;
  #viewerState: ViewerState = "visible";

  /** @throws RangeError for an invalid room id. */
  constructor(options: RoomPresenceOptions) {
    super(options);
    roomPath(options.roomId);
    this.#options = options;
    this.#roomId = options.roomId;
    this.#counts = countWatch(this.server, () => this.#roomId, () => this.#freshReceipt);
    this.onStateChange(() => this.#counts.offer(this.#freshReceipt?.count));
  }

  /** None while heartbeats fail, because the last count is outdated. */
  get #freshReceipt(): HeartbeatReceipt | undefined {
    return this.state.status === "present" ? this.state.receipt : undefined;
  }

  get roomId(): string {
    return this.#roomId;
  }

  /** The viewer count: all distinct viewers. Tries three times. */
  async getRoomUserCount(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    const { count } = await this.server.read<{ count: number }>(`${roomPath(this.#roomId)}/users/count`, options.signal);
    return count;
  }

  /** The viewers, up to 200. The count has no limit, so it can be higher. Tries three times. */
  async getRoomOnlineUsers({ signal, ...query }: RoomViewerQuery = {}): Promise<RoomViewer[]> {
    const search = new URLSearchParams(JSON.parse(JSON.stringify({ ...query, include: "user" }))); // without what is undefined; React Native takes no list
    const { viewers } = await this.server.read<{ viewers: RoomViewer[] }>(`${roomPath(this.#roomId)}/users?${search}`, signal);
    return viewers;
  }

  /**
   * Calls back with the count, now and whenever it changes, from the server's event stream, or polled at the interval of the
   * heartbeats if there is no stream. Pauses while the page is hidden. Follows to another room.
   * @returns Ends it.
   */
  watchCount(listener: (count: number) => void, options: CountWatchOptions = {}): () => void {
    return this.#counts.add(listener, options, [this.#options.signal, options.signal]);
  }

  /**
   * Leaves this room first and then, if its heartbeat was running, enters the other.
   * @returns As `startHeartbeat()`; fulfilled at once if it was not running.
   */
  switchRoom(roomId: string): Promise<void> {
    roomPath(roomId);
    const wasBeating = this.isBeating;
    if (roomId !== this.#roomId) {
      void this.stopHeartbeat();
      this.#roomId = roomId;
      this.#counts.restart();
    }
    return wasBeating ? this.startHeartbeat() : Promise.resolve();
  }

  /** The viewer's state, where the page can't detect it: playback is paused, or a mobile app is in the background. */
  setViewerState(state: ViewerState): void {
    this.#viewerState = state;
    this.viewerStateChanged();
  }

  /** Also for the count that is watched. */
  override resume(): void {
    super.resume();
    this.#counts.resume();
  }

  /** @internal */
  protected override pulse(): Pulse {
    const { environment } = this.server;
    const { sessionId = pageSessionId(environment), device, appVersion, listed } = this.#options;
    return roomPulse(this.server, {
      roomId: this.#roomId,
      sessionId,
      said: { device, appVersion, listed },
      viewerState: () => environment.isHidden() ? "hidden" : this.#viewerState,
      settingsVersion: () => this.state.receipt?.settingsVersion,
      wantsCount: () => this.#counts.isPolling(),
    });
  }
}
