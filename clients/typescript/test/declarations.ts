// Compiled, never run: what an app may write against the built declarations, and what they must refuse.
import { PresenceError, RoomPresence, UserPresence, type PresenceState, type RoomViewer } from "@presence-dashboard/client";
import { useRoomPresence } from "@presence-dashboard/client/react";

const baseUrl = "https://presence.example.com";
const room = new RoomPresence({ baseUrl, roomId: "lobby", getToken: async () => "token", signal: new AbortController().signal });
const user = new UserPresence({ baseUrl, token: "token" });

export async function uses(): Promise<void> {
  const started: Promise<void> = room.startHeartbeat();
  const count: number = await room.getRoomUserCount();
  const viewers: RoomViewer[] = await room.getRoomOnlineUsers({ limit: 20, sort: "joined" });
  const end: () => void = room.watchCount(value => value.toFixed(), { onError: error => error.kind === "disabled", minimumInterval: 30_000 });
  room.resume();
  const level: unknown = viewers[0]?.user.metadata["level"];
  room.onStateChange((state: PresenceState) => state.error?.until?.toISOString());
  const isEnabled: boolean = await user.isEnabled({ signal: AbortSignal.abort() });
  await Promise.all([user.enable(), user.disable(), user.startHeartbeat(), user.stopHeartbeat(), room.switchRoom("stage"), room.stopHeartbeat()]);
  const { state, presence } = useRoomPresence({ baseUrl, roomId: "lobby", token: "token", viewerState: "paused" });
  await Promise.all([started, count, viewers, level, end(), isEnabled, state.receipt?.count, presence?.stopHeartbeat()]);
}

export function refusals(error: PresenceError, state: PresenceState): void {
  // @ts-expect-error a room is required
  new RoomPresence({ baseUrl, token: "token" });
  // @ts-expect-error a room is not a user
  room.enable();
  // @ts-expect-error a token is a text
  new UserPresence({ baseUrl, token: 5 });
  // @ts-expect-error no such state of a viewer
  room.setViewerState("asleep");
  // @ts-expect-error a state is never changed
  state.status = "present";
  // @ts-expect-error no such kind
  if (error.kind === "offline") return;
  // @ts-expect-error what is sent is not for apps to say
  room.pulse();
}
