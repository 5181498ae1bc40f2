import type { PresenceServer } from "./PresenceServer.js";
import type { Pulse } from "./Pulse.js";
import { receiptOf } from "./receiptOf.js";
import { roomPath } from "./roomPath.js";

/** What a room's heartbeats say, asked anew for each. */
export interface RoomPulseSource {
  readonly roomId: string;
  readonly sessionId: string;
  /** What each of them says besides, the same all the time. */
  readonly said: { readonly device?: string | undefined; readonly appVersion?: string | undefined; readonly listed?: boolean | undefined };
  viewerState(): string;
  settingsVersion(): number | undefined;
  wantsCount(): boolean;
}

/** One session's heartbeats in one room. */
export function roomPulse(server: PresenceServer, { roomId, sessionId, said, viewerState, settingsVersion, wantsCount }: RoomPulseSource): Pulse {
  const path = roomPath(roomId);
  return {
    key: `${roomId} ${sessionId}`,
    viewerState,
    beat: async signal => {
      const body = { ...said, sessionId, state: viewerState(), settingsVersion: settingsVersion() };
      return receiptOf(await server.send("POST", `${path}/heartbeat${wantsCount() ? "?include=count" : ""}`, body, signal));
    },
    leave: () => server.send("DELETE", `${path}/heartbeat?sessionId=${encodeURIComponent(sessionId)}`),
    leaveByBeacon: () => server.beacon(`${path}/leave`, { sessionId }),
  };
}
