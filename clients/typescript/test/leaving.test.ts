import { expect } from "vitest";
import { PresenceError } from "../src/presence.js";
import { FakePage } from "./support/FakePage.js";
import { beats, json, leaves, refusal, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room, tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";

const sessionOf = (page: FakePage) => page.server.of(beats)[0]!.body!["sessionId"];

rule(8, "stopHeartbeat_whilePresent_leavesItsSession", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();

  await presence.stopHeartbeat();

  expect(page.server.requests.at(-1)).toMatchObject({ method: "DELETE", path: `/api/v1/presence/rooms/lobby/heartbeat?sessionId=${sessionOf(page)}`, init: { keepalive: true } });
  expect(presence.state).toEqual({ status: "idle" });
  await page.clock.advance(120_000);
  expect(page.server.of(beats)).toHaveLength(1);
});

rule(8, "stopHeartbeat_whileAHeartbeatIsUnderWay_leavesAfterItsAnswer", async () => {
  const page = new FakePage();
  let answer!: () => void;
  const answered = new Promise<void>(resolve => void (answer = resolve));
  page.server.answers(beats, async () => {
    await answered;
    return json(202, { success: true, heartbeatIntervalSeconds: 30, nextHeartbeatInSeconds: 28 });
  });
  const presence = room(page);
  const started = presence.startHeartbeat();
  await settle();

  const stopped = presence.stopHeartbeat();
  await settle();
  expect(page.server.of(leaves)).toHaveLength(0);
  answer();
  await stopped;

  expect(page.server.of(leaves)).toHaveLength(1);
  await expect(started).rejects.toMatchObject({ kind: "stopped" });
});

rule(8, "stopHeartbeat_serverCannotBeReached_isDoneAfterOneTry", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();
  page.server.answers(leaves, unreachable(), 9);

  await presence.stopHeartbeat();

  expect(page.server.of(leaves)).toHaveLength(1);
});

rule(8, "stopHeartbeat_beforeAnythingWasSent_sendsNothing", async () => {
  const page = new FakePage();
  const presence = room(page);
  void presence.startHeartbeat();

  await presence.stopHeartbeat();

  expect(page.server.requests).toEqual([]);
});

rule(8, "startHeartbeat_rightAfterStop_waitsForTheLeave", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();

  void presence.stopHeartbeat();
  await presence.startHeartbeat();

  expect(page.server.requests.map(request => request.method)).toEqual(["POST", "DELETE", "POST"]);
});

rule(9, "pagehide_whilePresent_leavesByBeaconWithTheTokenInTheBody", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();

  page.tell("pagehide");

  expect(page.beacons).toEqual([{ url: "https://presence.test/api/v1/presence/rooms/lobby/leave", fields: { sessionId: sessionOf(page), token: tokenOf("anna") } }]);
  page.setHidden(true);
  await page.clock.advance(120_000);
  expect(page.server.of(beats)).toHaveLength(1);
});

rule(9, "pagehide_whileAHeartbeatIsUnderWay_takesItBack", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();
  page.server.answers(beats, "never");
  page.setHidden(true);
  await settle();

  page.tell("pagehide");
  await settle();

  expect(page.server.of(beats)[1]!.init.signal!.aborted).toBe(true);
  expect(page.beacons).toHaveLength(1);
  expect(page.clock.timers).toBe(0);
});

rule(9, "pagehide_withoutBeacons_leavesByARequestThatOutlivesThePage", async () => {
  const page = new FakePage();
  page.hasBeacons = false;
  await room(page).startHeartbeat();

  page.tell("pagehide");
  await settle();

  expect(page.server.of(leaves)[0]).toMatchObject({ init: { keepalive: true } });
});

rule(9, "pagehide_whileNotPresent_hasNothingToLeave", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(403, 400300));
  void room(page).startHeartbeat();
  await settle();

  page.tell("pagehide");
  await settle();

  expect(page.beacons).toEqual([]);
  expect(page.server.of(leaves)).toEqual([]);
});

rule(9, "stopHeartbeat_afterTheBeacon_doesNotLeaveTwice", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();

  page.tell("pagehide");
  await presence.stopHeartbeat();

  expect(page.server.of(leaves)).toHaveLength(0);
});

rule(10, "pageshow_afterPagehide_isPresentAtOnce", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();
  page.tell("pagehide");
  await page.clock.advance(600_000);

  page.tell("pageshow");
  await settle();

  expect(page.server.of(beats)).toHaveLength(2);
});

rule(10, "pageshow_ofTheFirstLoad_sendsNothingMore", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();

  page.tell("pageshow");
  await settle();

  expect(page.server.of(beats)).toHaveLength(1);
});

rule(11, "switchRoom_whilePresent_leavesTheOldRoomFirst", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();

  await presence.switchRoom("stage");

  expect(page.server.requests.map(request => `${request.method} ${request.path.split("?")[0]}`)).toEqual([
    "POST /api/v1/presence/rooms/lobby/heartbeat",
    "DELETE /api/v1/presence/rooms/lobby/heartbeat",
    "POST /api/v1/presence/rooms/stage/heartbeat",
  ]);
  expect(presence.roomId).toBe("stage");
});

rule(11, "switchRoom_twiceAtOnce_entersTheLastOnly", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();

  void presence.switchRoom("stage");
  await presence.switchRoom("garden");

  expect(page.server.of(beats).map(beat => beat.path.split("/")[5])).toEqual(["lobby", "garden"]);
  expect(page.server.of(leaves)).toHaveLength(1);
});

rule(11, "switchRoom_whileNotPresent_entersNothing", async () => {
  const page = new FakePage();
  const presence = room(page);

  await presence.switchRoom("stage");

  expect(page.server.requests).toEqual([]);
  await presence.startHeartbeat();
  expect(page.server.requests[0]!.path).toContain("/stage/");
});

rule(11, "switchRoom_toTheRoomItIsIn_changesNothing", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();

  await presence.switchRoom("lobby");
  await settle();

  expect(page.server.requests).toHaveLength(1);
});

rule(13, "signal_aborted_leavesAndEndsWatching", async () => {
  const page = new FakePage();
  page.streams = false;
  const controller = new AbortController();
  const presence = room(page, { signal: controller.signal });
  await presence.startHeartbeat();
  presence.watchCount(() => {});
  await settle();

  controller.abort();
  await settle();

  expect(page.server.of(leaves)).toHaveLength(1);
  expect(presence.state.status).toBe("idle");
  expect(page.clock.timers).toBe(0);
  await expect(presence.startHeartbeat()).rejects.toThrow(PresenceError);
});
