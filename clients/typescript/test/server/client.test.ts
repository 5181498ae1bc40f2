import { afterEach, expect, test } from "vitest";
// The bundle that is handed out, as Node runs it.
import { type PresenceError, RoomPresence, type RoomPresenceOptions, UserPresence } from "@presence-dashboard/client";
import { eventually } from "./eventually.js";
import { RealServer } from "./RealServer.js";
import { ServerProcess } from "./ServerProcess.js";

const server = new RealServer();
const ending = new AbortController();
const started: RoomPresence[] = [];

afterEach(() => Promise.all(started.splice(0).map(presence => presence.stopHeartbeat())));

async function viewer(userId: string, roomId: string, options: Partial<RoomPresenceOptions> = {}): Promise<RoomPresence> {
  const token = await server.logIn(userId);
  const presence = new RoomPresence({ baseUrl: server.url, roomId, token, signal: ending.signal, ...options });
  started.push(presence);
  return presence;
}

test("startReadWatchAndStop_aRoomOfTwo_isSeenByBothAndByTheServer", async () => {
  const anna = await viewer("anna", "Größe 2", { device: "node" });
  const berta = await viewer("bérta/2", "Größe 2");
  const told: number[] = [];
  const end = berta.watchCount(count => told.push(count));
  await eventually(() => expect(told).toEqual([0]));

  await anna.startHeartbeat();
  await berta.startHeartbeat();

  await eventually(() => expect(told.at(-1)).toBe(2)); // both may come at once
  await eventually(async () => expect(await anna.getRoomUserCount()).toBe(2));
  const viewers = await anna.getRoomOnlineUsers({ sort: "name" });
  expect(viewers.map(({ userId, displayName, state, sessions }) => ({ userId, displayName, state, sessions }))).toEqual([
    { userId: "anna", displayName: "ANNA", state: "visible", sessions: 1 },
    { userId: "bérta/2", displayName: "BÉRTA/2", state: "visible", sessions: 1 },
  ]);

  await anna.stopHeartbeat();
  await eventually(() => expect(told.at(-1)).toBe(1));
  end();
});

test("heartbeats_longerThanTheTimeout_keepTheViewer", async () => {
  const presence = await viewer("carla", "stays");
  let beats = 0;
  presence.onStateChange(state => beats += state.status === "present" ? 1 : 0);
  await presence.startHeartbeat();
  expect(presence.state.receipt).toMatchObject({ heartbeatIntervalSeconds: 1, presenceTimeoutSeconds: 6 });

  const lost: number[] = [];
  const end = presence.watchCount(count => count || lost.push(count));
  await eventually(() => expect(beats).toBeGreaterThan(8));
  end();

  expect(lost.slice(1)).toEqual([]); // it may have begun with an empty room
  await server.expectCount("stays", { count: 1 });
});

test("interval_changedWhileItRuns_isInForceWithTheNextHeartbeat", async () => {
  const presence = await viewer("carla", "paced");
  await presence.startHeartbeat();

  await server.define("paced", { overrides: { heartbeatIntervalSeconds: 300, presenceTimeoutSeconds: 600 } });

  await eventually(() => expect(presence.state.receipt).toMatchObject({ heartbeatIntervalSeconds: 300, presenceTimeoutSeconds: 600 }));
});

test("viewerState_andTwoInstances_areOneSessionOfTheServer", async () => {
  const one = await viewer("dora", "shared");
  const other = await viewer("dora", "shared");
  await one.startHeartbeat();
  await other.startHeartbeat();
  await server.expectCount("shared", { count: 1, sessions: 1, hidden: 0 });

  one.setViewerState("hidden");
  await server.expectCount("shared", { hidden: 1 });
  await one.stopHeartbeat();
  await server.expectCount("shared", { count: 1, sessions: 1, hidden: 0 });
  await other.stopHeartbeat();

  await server.expectCount("shared", { count: 0 });
});

test("switchRoom_whilePresent_isInTheOtherRoomOnly", async () => {
  const presence = await viewer("emma", "first");
  await presence.startHeartbeat();

  await presence.switchRoom("second");

  await server.expectCount("first", { count: 0 });
  await server.expectCount("second", { count: 1 });
});

test("removal_whilePresent_stopsItWithItsReasonUntilItIsLifted", async () => {
  const presence = await viewer("fred", "strict");
  const errors: PresenceError[] = [];
  await presence.startHeartbeat();
  presence.watchCount(() => {}, { onError: error => errors.push(error) });

  await server.remove("strict", "fred", "spam");

  await eventually(() => expect(presence.state).toMatchObject({ status: "refused", error: { kind: "removed", reason: "spam" } }));
  expect(presence.state.error!.until!.getTime()).toBeGreaterThan(Date.now());
  await eventually(() => expect(errors).toMatchObject([{ kind: "removed" }]));
  await expect(presence.getRoomUserCount()).rejects.toMatchObject({ kind: "removed" });
  await server.readmit("strict", "fred");
  await presence.startHeartbeat();
  await server.expectCount("strict", { count: 1 });
});

test("roomIsSwitchedOff_whilePresent_isDisabledAndEnded_isEnded", async () => {
  const presence = await viewer("gina", "closing");
  await presence.startHeartbeat();

  await server.define("closing", { overrides: { enabled: false } });
  await eventually(() => expect(presence.state).toMatchObject({ status: "disabled", error: { kind: "disabled", code: 400300 } }));
  await presence.stopHeartbeat();
  await server.define("closing", { status: "ended" });

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "ended", code: 499603 });
});

test("token_revokedWhilePresent_isRenewedOnceAndNothingIsLost", async () => {
  const tokens: string[] = [];
  const presence = await viewer("hanna", "renewed", { token: undefined, getToken: async () => {
    tokens.push(await server.logIn("hanna"));
    return tokens.at(-1)!;
  } });
  await presence.startHeartbeat();

  await server.revoke(tokens[0]!);

  await eventually(() => expect(tokens).toHaveLength(2));
  await eventually(() => expect(presence.state.status).toBe("present"));
  await server.expectCount("renewed", { count: 1, sessions: 1 });
});

test("userPresence_startedAndSwitched_isWhatTheServerSays", async () => {
  const presence = new UserPresence({ baseUrl: server.url, token: await server.logIn("ida") });
  await presence.startHeartbeat();
  expect(presence.state.receipt!.heartbeatIntervalSeconds).toBe(1);

  expect(await presence.isEnabled()).toBe(true);
  await presence.disable();
  expect(await presence.isEnabled()).toBe(false);
  await presence.enable();

  expect(await presence.isEnabled()).toBe(true);
  await presence.stopHeartbeat();
});

test("server_restartedWhilePresent_hasTheViewerBackWithoutALeave", async () => {
  const own = new ServerProcess({ Initial__HeartbeatInterval: "1", Initial__PresenceTimeout: "300" });
  try {
    const restarted = new RealServer(await own.start());
    const presence = await viewer("jana", "kept", { baseUrl: restarted.url, token: await restarted.logIn("jana") });
    const told: number[] = [];
    await presence.startHeartbeat();
    const end = presence.watchCount(count => told.push(count));
    await eventually(() => expect(told).toEqual([1]));
    const { joinedAt } = (await presence.getRoomOnlineUsers())[0]!;
    await new Promise(resolve => setTimeout(resolve, 2_000)); // membership is written behind, within a second

    await own.stop();
    await eventually(() => expect(presence.state.status).toBe("retrying"));
    await own.start();

    await eventually(() => expect(presence.state.status).toBe("present"));
    expect(await presence.getRoomOnlineUsers()).toMatchObject([{ userId: "jana", joinedAt, sessions: 1 }]);
    expect(told).toEqual([1]);
    end();
    await presence.stopHeartbeat();
  } finally {
    await own.end();
  }
});
