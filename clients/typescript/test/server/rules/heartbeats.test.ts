import { expect } from "vitest";
import { beats } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { dueIn, newPage, patient, presenceOn, server, visit } from "./visit.js";
import { beacons } from "./troubles.js";

rule(1, "startHeartbeat_firstHeartbeat_isTakenBeforeAnyTimePasses", async () => {
  const { page, presence, roomId, userId } = await visit();

  await presence.startHeartbeat();

  expect(page.clock.elapsed).toBe(0);
  expect(await server.viewers(roomId)).toMatchObject([{ userId, state: "visible", sessions: 1 }]);
});

rule(1, "startHeartbeat_roomWithSpacesAndAccents_isThatRoom", async () => {
  const roomId = `Größe ${crypto.randomUUID().slice(0, 8)}`;
  const { presence } = await visit({ roomId });

  await presence.startHeartbeat();

  expect(await server.count(roomId)).toMatchObject({ count: 1 });
});

rule(2, "interval_changedMeanwhile_isInForceWithTheNextAnswerAndNotBefore", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  const first = await server.lastHeartbeatAt(roomId);
  await server.define(roomId, { overrides: { heartbeatIntervalSeconds: 300, presenceTimeoutSeconds: 900 } });

  await page.advanceJustBefore(dueIn(presence));
  expect(await server.lastHeartbeatAt(roomId)).toBe(first);
  await page.advance(1);
  const second = await server.lastHeartbeatAt(roomId);
  expect(second).not.toBe(first);
  expect(presence.state.receipt).toMatchObject({ heartbeatIntervalSeconds: 300, presenceTimeoutSeconds: 900 });

  expect(dueIn(presence)).toBeGreaterThanOrEqual(270_000);
  await page.advanceJustBefore(dueIn(presence));
  expect(await server.lastHeartbeatAt(roomId)).toBe(second);
  await page.advance(1);
  expect(await server.lastHeartbeatAt(roomId)).not.toBe(second);
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(3, "heartbeat_whileAnotherIsUnderWay_waitsForItsAnswer", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  const answer = page.network.holdsAnswer(beats);

  page.setHidden(true);
  await page.quiet();
  page.setHidden(false);
  presence.setViewerState("paused");
  await page.quiet();
  expect(await server.viewers(roomId)).toMatchObject([{ state: "hidden" }]);
  expect(page.network.of(beats)).toHaveLength(2);
  answer.release();
  await page.quiet();

  expect(await server.viewers(roomId)).toMatchObject([{ state: "paused", sessions: 1 }]);
  expect(page.network.of(beats)).toHaveLength(3);
});

rule(4, "heartbeat_whatItSays_isTheSessionItsStateAndTheServersVersion", async () => {
  const { page, presence, roomId } = await visit({ device: "node", appVersion: "3.1" });
  await presence.startHeartbeat();
  await page.advance(dueIn(presence));

  const [first, second] = page.network.of(beats).map(beat => JSON.parse(beat.body));
  expect(first).toEqual({ sessionId: expect.stringMatching(/^page-\w+$/), state: "visible", device: "node", appVersion: "3.1" });
  expect(second).toEqual({ ...first, settingsVersion: page.network.of(beats)[0]!.answer!.body.settingsVersion });
  expect(await server.viewers(roomId)).toMatchObject([{ sessions: 1 }]);
});

rule(4, "pageThatReloads_lateLeaveOfTheOldOne_doesNotEndTheSessionOfTheNew", async () => {
  const { page: old, presence, roomId, token } = await visit();
  await presence.startHeartbeat();
  const late = old.network.holdsRequest(beacons);
  old.tell("pagehide");
  const page = newPage();
  page.chance = 0.25;
  await presenceOn(page, { roomId, token }).startHeartbeat();
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 2 });

  late.release();
  await old.quiet();

  expect(old.network.of(beacons)[0]!.answer!.status).toBe(204);
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(6, "heartbeat_afterSleep_isTakenWithinFiveSecondsOfWaking", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  const before = await server.lastHeartbeatAt(roomId);
  await page.advance(3_000);

  page.clock.sleep(3_600_000);
  await page.advance(5_000);

  expect(await server.lastHeartbeatAt(roomId)).not.toBe(before);
});

rule(6, "heartbeat_wallClockSetBack_isNotDelayed", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  const before = await server.lastHeartbeatAt(roomId);

  page.clock.setBack(86_400_000);
  await page.advance(dueIn(presence));

  expect(await server.lastHeartbeatAt(roomId)).not.toBe(before);
});

rule(7, "viewerState_changes_areKnownToTheServerAtOnce", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  const states: string[] = [];
  const note = async () => {
    await page.quiet();
    states.push((await server.viewers(roomId))[0]!.state);
  };

  page.setHidden(true);
  await note();
  page.setHidden(false);
  await note();
  presence.setViewerState("paused");
  await note();
  presence.setViewerState("visible");
  await note();

  expect(states).toEqual(["hidden", "visible", "paused", "visible"]);
  expect(page.clock.elapsed).toBe(0);
  expect(presence.state.receipt).toMatchObject(patient);
});
