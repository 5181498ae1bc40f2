import { expect } from "vitest";
import { beats, leaves } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { beacons, lostBefore } from "./troubles.js";
import { presenceOn, server, visit } from "./visit.js";
import { eventually } from "../eventually.js";

const nobody = { count: 0, sessions: 0 };

rule(8, "stopHeartbeat_whilePresent_leaves", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  await server.expectCount(roomId, { count: 1 });

  await presence.stopHeartbeat();

  expect(await server.count(roomId)).toMatchObject(nobody);
  await page.advance(3_600_000);
  expect(page.network.requests.map(request => [request.method, request.answer?.status])).toEqual([["POST", 202], ["DELETE", 204]]);
});

rule(8, "stopHeartbeat_whileAHeartbeatIsUnderWay_isNotOvertakenByIt", async () => {
  const { page, presence, roomId } = await visit();
  const slow = page.network.holdsRequest(beats);
  void presence.startHeartbeat();
  await page.quiet();

  const stopped = presence.stopHeartbeat();
  await page.quiet();
  expect(page.network.of(leaves)).toEqual([]);
  slow.release();
  await stopped;

  expect(page.network.requests.map(request => request.answer?.status)).toEqual([202, 204]);
  expect(await server.count(roomId)).toMatchObject(nobody);
});

rule(8, "stopHeartbeat_leaveGetsLost_isTriedOnceAndTheTimeoutDoesTheRest", async () => {
  const { page, presence, roomId } = await visit({}, { heartbeatIntervalSeconds: 1, presenceTimeoutSeconds: 6 });
  await presence.startHeartbeat();
  page.network.meets(leaves, lostBefore, 9);

  await presence.stopHeartbeat();

  expect(page.network.of(leaves)).toHaveLength(1);
  await server.expectCount(roomId, nobody);
});

rule(9, "pagehide_whilePresent_leavesByBeaconWithTheTokenInTheBody", async () => {
  const { page, presence, roomId, token } = await visit();
  await presence.startHeartbeat();

  page.tell("pagehide");
  await page.quiet();

  expect(await server.count(roomId)).toMatchObject(nobody);
  const [beacon] = page.network.of(beacons);
  expect(Object.fromEntries(new URLSearchParams(beacon!.body))).toEqual({ sessionId: JSON.parse(page.network.requests[0]!.body).sessionId, token });
  expect([beacon!.token, beacon!.path]).toEqual(["", `/api/v1/presence/rooms/${roomId}/leave`]);
});

rule(9, "pagehide_withoutBeacons_leavesByARequestThatOutlivesThePage", async () => {
  const { page, presence, roomId } = await visit();
  page.hasBeacons = false;
  await presence.startHeartbeat();

  page.tell("pagehide");
  await page.quiet();

  expect(await server.count(roomId)).toMatchObject(nobody);
  expect(page.network.of(leaves)[0]!.init.keepalive).toBe(true);
});

rule(9, "pagehide_whileAHeartbeatIsUnderWay_takesItBack", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  const slow = page.network.holdsRequest(beats);
  page.setHidden(true);
  await page.quiet();

  page.tell("pagehide");
  await page.quiet();
  slow.release();
  await page.quiet();

  expect(page.network.of(beats)[1]!.answer).toBeUndefined();
  expect(await server.count(roomId)).toMatchObject(nobody);
});

rule(10, "pageshow_afterPagehide_isPresentAtOnce", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  page.tell("pagehide");
  await page.advance(600_000);
  expect(await server.count(roomId)).toMatchObject(nobody);

  page.tell("pageshow");
  await page.quiet();

  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
  expect(page.clock.elapsed).toBe(600_000);
});

rule(11, "switchRoom_whilePresent_entersTheNewRoomWhenTheOldOneIsLeft", async () => {
  const { page, presence, roomId } = await visit();
  const other = `${roomId}-other`;
  await presence.startHeartbeat();
  const leave = page.network.holdsRequest(leaves);

  const switched = presence.switchRoom(other);
  await page.quiet();
  expect([await server.count(roomId), await server.count(other)]).toMatchObject([{ count: 1 }, { count: 0 }]);
  leave.release();
  await switched;

  expect([await server.count(roomId), await server.count(other)]).toMatchObject([{ count: 0 }, { count: 1 }]);
});

rule(12, "twoInstances_ofOneRoomAndUser_areOneSessionUntilTheLastStops", async () => {
  const { page, presence: one, roomId, token } = await visit();
  const other = presenceOn(page, { roomId, token });
  await one.startHeartbeat();
  await other.startHeartbeat();
  await page.advance(30_000);
  expect(page.network.of(beats)).toHaveLength(2);
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });

  await one.stopHeartbeat();
  await page.quiet();
  expect(page.network.of(leaves)).toEqual([]);
  expect(page.network.of(beats)).toHaveLength(3); // the other's, at once
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
  await page.advance(30_000);
  expect(page.network.of(beats)).toHaveLength(4);

  await other.stopHeartbeat();
  expect(await server.count(roomId)).toMatchObject(nobody);
});

rule(13, "signal_aborted_leavesAndEndsWatching", async () => {
  const controller = new AbortController();
  const { page, presence, roomId, token } = await visit({ signal: controller.signal });
  const told: number[] = [];
  await presence.startHeartbeat();
  presence.watchCount(count => told.push(count));
  await eventually(() => expect(told).toEqual([1]));

  controller.abort();
  await page.quiet();

  expect(await server.count(roomId)).toMatchObject(nobody);
  await eventually(async () => expect(await server.streamsOf(token)).toBe(0));
  expect(page.clock.timers).toBe(0);
  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "stopped" });
  expect(await server.count(roomId)).toMatchObject(nobody);
});
