import { useEffect, useRef, useState } from "react";
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

const idle: PresenceState = { status: "idle" };

/**
 * Keeps the viewer present in a room while a component is mounted, and the count up to date. Components that use the same room
 * share one heartbeat. `token` and `getToken` may change with every rendering, as long as they are of the same user: give the
 * component a `key` of the user where that can change.
 */
export function useRoomPresence(options: UseRoomPresenceOptions): UsedRoomPresence {
  const latest = useRef(options);
  const [presence, setPresence] = useState<RoomPresence>();
  const [state, setState] = useState(idle);
  const [count, setCount] = useState<number>();
  const { baseUrl, roomId, sessionId, signal, heartbeat = true, watch = true, viewerState = "visible" } = options;

  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    const newToken = () => latest.current.getToken?.() ?? latest.current.token ?? "";
    const created = new RoomPresence({ ...latest.current, getToken: newToken });
    created.onStateChange(setState);
    setPresence(created);
    return () => void created.stopHeartbeat();
  }, [baseUrl, sessionId, signal]);

  useEffect(() => {
    setCount(undefined);
    void presence?.switchRoom(roomId);
  }, [presence, roomId]);

  useEffect(() => presence?.setViewerState(viewerState), [presence, viewerState]);

  useEffect(() => {
    if (presence && heartbeat)
      void presence.startHeartbeat();
    return () => void presence?.stopHeartbeat();
  }, [presence, heartbeat]);

  useEffect(() => watch ? presence?.watchCount(setCount) : undefined, [presence, watch]);

  return { state, count, presence };
}
