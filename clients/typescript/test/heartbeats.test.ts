import { expect } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";

rule(1, "startHeartbeat_firstHeartbeat_isSentAtOnce", async () => {
  const page = new FakePage();
  const presence = room(page);

  await presence.startHeartbeat();

  expect(page.server.of(beats).map(beat => `${beat.method} ${beat.path}`)).toEqual(["POST /api/v1/presence/rooms/lobby/heartbeat"]);
  expect(presence.state.status).toBe("present");
  expect(page.clock.elapsed).toBe(0);
});

rule(1, "startHeartbeat_roomWithSpacesAndAccents_isEncodedInTheAddress", async () => {
  const page = new FakePage();

  await room(page, { roomId: "Größe 2" }).startHeartbeat();

  expect(page.server.requests[0]!.path).toBe("/api/v1/presence/rooms/Gr%C3%B6%C3%9Fe%202/heartbeat");
});

rule(2, "startHeartbeat_serverSaysWhen_waitsExactlyThat", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();
  page.server.next = 9.5; // the interval was changed meanwhile

  await page.clock.advance(28_079);
  expect(page.server.of(beats)).toHaveLength(1);
  await page.clock.advance(1);
  expect(page.server.of(beats)).toHaveLength(2);

  await page.clock.advance(9_499);
  expect(page.server.of(beats)).toHaveLength(2);
  await page.clock.advance(1);
  expect(page.server.of(beats)).toHaveLength(3);
});

rule(2, "state_afterEachHeartbeat_tellsTheReceiptAndWhenTheNextIsDue", async () => {
  const page = new FakePage();
  const presence = room(page);
  const seen: string[] = [];
  presence.onStateChange(state => seen.push(state.status));

  await presence.startHeartbeat();

  expect(presence.state.receipt).toMatchObject({ heartbeatIntervalSeconds: 30, presenceTimeoutSeconds: 60, settingsVersion: 7 });
  expect(presence.state.nextHeartbeatAt!.getTime() - page.now()).toBe(28_080);
  expect(presence.state).toBe(presence.state);
  await page.clock.advance(28_080);
  expect(seen).toEqual(["starting", "present", "present"]);
});

rule(3, "heartbeat_whileAnotherIsUnderWay_waitsForItsAnswer", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();
  page.server.answers(beats, "never");

  page.setHidden(true);
  await settle();
  page.setHidden(false);
  presence.setViewerState("paused");
  await settle();

  expect(page.server.of(beats)).toHaveLength(2);
  await page.clock.advance(11_000);
  expect(page.server.of(beats)[2]!.body).toMatchObject({ state: "paused" });
});

rule(3, "startHeartbeat_calledAgain_changesNothing", async () => {
  const page = new FakePage();
  const presence = room(page);

  const first = presence.startHeartbeat();

  expect(presence.startHeartbeat()).toBe(first);
  await first;
  await page.clock.advance(30_000);
  expect(page.server.of(beats)).toHaveLength(2);
});

rule(4, "heartbeat_whatItSays_isSessionStateAndVersion", async () => {
  const page = new FakePage();
  await room(page, { device: "web", appVersion: "3.1", listed: false }).startHeartbeat();
  await page.clock.advance(28_080);

  const [first, second] = page.server.of(beats);
  const { sessionId } = first!.body!;
  expect(sessionId).toMatch(/^page-\w+$/);
  expect(first!.body).toEqual({ sessionId, state: "visible", device: "web", appVersion: "3.1", listed: false });
  expect(second!.body).toEqual({ sessionId, state: "visible", device: "web", appVersion: "3.1", listed: false, settingsVersion: 7 });
});

rule(4, "sessionId_ofAnotherPage_isAnother", async () => {
  const pages = [new FakePage(), new FakePage()];
  pages[1]!.chance = 0.25;
  for (const page of pages)
    await room(page).startHeartbeat();

  const [one, other] = pages.map(page => page.server.requests[0]!.body!["sessionId"]);
  expect(one).not.toBe(other);
});

rule(4, "sessionId_whenGiven_isThatOne", async () => {
  const page = new FakePage();
  await room(page, { sessionId: "tv" }).startHeartbeat();

  expect(page.server.requests[0]!.body).toMatchObject({ sessionId: "tv" });
});

rule(6, "heartbeat_afterSleep_isSentWithinFiveSecondsOfWaking", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();
  await page.clock.advance(3_000);

  page.clock.sleep(3_600_000);
  await page.clock.advance(2_000);

  expect(page.server.of(beats)).toHaveLength(2);
});

rule(6, "heartbeat_wallClockSetBack_isNotDelayed", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();

  page.clock.setBack(86_400_000);
  await page.clock.advance(28_080);

  expect(page.server.of(beats)).toHaveLength(2);
});

rule(6, "heartbeat_shortWaitAndWallClockSetBack_isNotDelayed", async () => {
  const page = new FakePage();
  page.server.next = 2;
  await room(page).startHeartbeat();

  page.clock.setBack(86_400_000);
  await page.clock.advance(2_000);

  expect(page.server.of(beats)).toHaveLength(2);
});

rule(7, "visibility_changes_areSaidAtOnce", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();

  page.setHidden(true);
  await settle();
  page.setHidden(false);
  await settle();
  presence.setViewerState("paused");
  await settle();
  presence.setViewerState("paused");
  await settle();

  expect(page.server.of(beats).map(beat => beat.body!["state"])).toEqual(["visible", "hidden", "visible", "paused"]);
});

rule(7, "visibility_duringTheFirstHeartbeat_isSaidAfterIt", async () => {
  const page = new FakePage();
  const started = room(page).startHeartbeat();
  await Promise.resolve();
  await Promise.resolve();
  page.setHidden(true);
  await started;
  await settle();

  expect(page.server.of(beats).at(-1)!.body).toMatchObject({ state: "hidden" });
});

rule(7, "visibility_whileAnAttemptIsWaitedFor_doesNotCutTheWaitShort", async () => {
  const page = new FakePage();
  page.server.answers(beats, unreachable());
  void room(page).startHeartbeat();
  await settle();

  page.setHidden(true);
  await settle();

  expect(page.server.of(beats)).toHaveLength(1);
});
