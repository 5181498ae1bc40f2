import { expect } from "vitest";
import type { PresenceError } from "../src/presence.js";
import { FakePage } from "./support/FakePage.js";
import { beats, counts, FakeStream, json, refusal, streams, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";

/** A watched room: what was told, and the stream it came from, if the page reads streams. */
async function watched(page: FakePage, presence = room(page)) {
  const told: number[] = [];
  const errors: PresenceError[] = [];
  const stream = new FakeStream();
  page.server.answers(streams, stream.response);
  const end = presence.watchCount(count => told.push(count), { onError: error => errors.push(error) });
  await settle();
  return { told, errors, stream, end, presence };
}

/** The next stream, opened after the first was over. */
function another(page: FakePage): FakeStream {
  const stream = new FakeStream();
  page.server.answers(streams, stream.response);
  return stream;
}

rule(24, "readingAndWatching_sendNoHeartbeat", async () => {
  const page = new FakePage();
  page.streams = false;
  const { presence } = await watched(page);
  await presence.getRoomUserCount();
  page.server.answers(request => request.path.endsWith("/users"), json(200, { viewers: [] }));
  await presence.getRoomOnlineUsers();
  await page.clock.advance(300_000);

  expect(page.server.of(beats)).toEqual([]);
});

rule(25, "getRoomUserCount_answers_theCount", async () => {
  const page = new FakePage();
  page.server.count = 1240;

  expect(await room(page).getRoomUserCount()).toBe(1240);
  expect(page.server.requests[0]!.path).toBe("/api/v1/presence/rooms/lobby/users/count");
});

rule(25, "getRoomOnlineUsers_withAQuery_answersTheViewers", async () => {
  const page = new FakePage();
  const viewers = [{ userId: "anna", displayName: "Anna", joinedAt: "2026-11-21T22:31:07.593Z", lastHeartbeatAt: "2026-11-21T22:37:40.614Z", state: "visible", fading: false, sessions: 1 }];
  page.server.answers(() => true, json(200, { viewers }), 2);

  expect(await room(page).getRoomOnlineUsers()).toEqual(viewers);
  await room(page).getRoomOnlineUsers({ limit: 20, sort: "-joined", search: "a b", state: "visible" });

  expect(page.server.requests.map(request => request.path.split("/lobby/")[1])).toEqual(["users", "users?limit=20&sort=-joined&search=a+b&state=visible"]);
});

rule(25, "read_failsTwice_isTriedAThirdTime", async () => {
  const page = new FakePage();
  page.server.answers(counts, unreachable());
  page.server.answers(counts, refusal(503, 499503, { "Retry-After": "1" }));
  const count = room(page).getRoomUserCount();

  await page.clock.advance(499);
  expect(page.server.requests).toHaveLength(1);
  await page.clock.advance(1);
  expect(page.server.requests).toHaveLength(2);
  await page.clock.advance(2_000);

  expect(await count).toBe(3);
});

rule(25, "read_failsThreeTimes_isRejected", async () => {
  const page = new FakePage();
  page.server.answers(counts, unreachable(), 9);
  const count = room(page).getRoomUserCount();
  count.catch(() => {});

  await page.clock.advance(60_000);

  await expect(count).rejects.toMatchObject({ name: "PresenceError", kind: "unavailable" });
  expect(page.server.requests).toHaveLength(3);
});

rule(25, "read_refused_isNotTriedAgain", async () => {
  const page = new FakePage();
  page.server.answers(counts, refusal(403, 499601, {}, { until: "2026-11-22T20:00:00.000Z" }));

  await expect(room(page).getRoomUserCount()).rejects.toMatchObject({ kind: "removed", until: new Date("2026-11-22T20:00:00.000Z") });
});

rule(25, "read_cancelledWhileItWaits_isRejectedWithTheReason", async () => {
  const page = new FakePage();
  page.server.answers(counts, unreachable(), 9);
  const controller = new AbortController();
  const count = room(page).getRoomUserCount({ signal: controller.signal });
  await settle();

  controller.abort(new Error("gone elsewhere"));

  await expect(count).rejects.toThrow("gone elsewhere");
  expect(page.clock.timers).toBe(0);
});

rule(26, "watchCount_events_tellTheCountWheneverItChanges", async () => {
  const page = new FakePage();
  const { told, stream } = await watched(page);
  expect(page.server.of(streams)[0]!.init.headers).toMatchObject({ Accept: "text/event-stream", Authorization: expect.stringMatching(/^Bearer ./) });

  stream.event("snapshot", 2);
  await settle();
  stream.event("joined", 3);
  await settle();
  stream.send(":\n\nevent: gap\ndata: {}\n\n");
  stream.event("snapshot", 3);
  await settle();
  stream.event("left", 2);
  await settle();

  expect(told).toEqual([2, 3, 2]);
});

rule(26, "watchCount_eventsCutAnywhere_areReadAllTheSame", async () => {
  const page = new FakePage();
  const { told, stream } = await watched(page);

  for (const part of ["event: snap", "shot\r", "\ndata: {\"cou", "nt\":4", "1}\r\n\r", "\ndata: nonsense\n\n"]) {
    stream.send(part);
    await settle();
  }

  expect(told).toEqual([41]);
});

rule(26, "watchCount_manyWatchers_shareOneStream", async () => {
  const page = new FakePage();
  const { told, stream, end, presence } = await watched(page);
  stream.event("snapshot", 2);
  await settle();

  const late: number[] = [];
  const endLate = presence.watchCount(count => late.push(count));
  stream.event("count", 5);
  await settle();
  end();
  stream.event("count", 6);
  await settle();

  expect([told, late]).toEqual([[2, 5], [2, 5, 6]]);
  expect(page.server.of(streams)).toHaveLength(1);
  endLate();
  await settle();
  expect(stream.isCancelled).toBe(true);
});

rule(26, "watchCount_switchRoom_followsToIt", async () => {
  const page = new FakePage();
  const { told, stream, presence } = await watched(page);
  stream.event("snapshot", 2);
  await settle();
  const next = another(page);

  await presence.switchRoom("stage");
  await settle();
  next.event("snapshot", 2);
  await settle();

  expect(told).toEqual([2, 2]);
  expect(stream.isCancelled).toBe(true);
  expect(page.server.requests.at(-1)!.path).toBe("/api/v1/presence/rooms/stage/stream");
});

rule(27, "watchCount_streamEndsOrBreaks_isOpenedAgainAfterAPartOfASecond", async () => {
  const page = new FakePage();
  const { told, stream, errors } = await watched(page);
  stream.event("snapshot", 2);
  await settle();
  stream.end();
  const second = another(page);
  await page.clock.advance(499);
  expect(page.server.of(streams)).toHaveLength(1);
  await page.clock.advance(1);
  expect(page.server.of(streams)).toHaveLength(2);

  second.event("snapshot", 3);
  await settle();
  second.break();
  const third = another(page);
  await page.clock.advance(500);
  third.event("snapshot", 4);
  await settle();

  expect(told).toEqual([2, 3, 4]);
  expect(errors).toEqual([]);
});

rule(27, "watchCount_streamWithoutAByteForThirtySeconds_isDead", async () => {
  const page = new FakePage();
  const { stream } = await watched(page);
  stream.event("snapshot", 2);
  await settle();

  await page.clock.advance(29_000);
  stream.send(":\n\n");
  await page.clock.advance(29_999);
  expect(stream.isCancelled).toBe(false);
  another(page);
  await page.clock.advance(501);

  expect(stream.isCancelled).toBe(true);
  expect(page.server.of(streams)).toHaveLength(2);
});

for (const [what, answer] of [["noSuchRoute", refusal(404, 400400)], ["noPlaceForAnother", refusal(429, 499602, { "Retry-After": "5" })]] as const) {
  rule(28, `watchCount_${what}_asksAtThePaceOfTheHeartbeats`, async () => {
    const page = new FakePage();
    page.chance = 0;
    page.server.answers(streams, answer);
    const { told, errors } = await watched(page);
    page.server.count = 4;

    await page.clock.advance(29_999);
    expect([told, page.server.of(counts).length]).toEqual([[3], 1]);
    await page.clock.advance(1);

    expect([told, errors]).toEqual([[3, 4], []]);
  });
}

rule(28, "watchCount_platformCannotReadStreams_asksAndNeverTriesOne", async () => {
  const page = new FakePage();
  page.streams = false;
  page.server.interval = 10;
  const { told } = await watched(page);

  await page.clock.advance(600_000);

  expect(told).toEqual([3]);
  expect(page.server.of(streams)).toEqual([]);
  expect(page.server.of(counts).length).toBeGreaterThan(59);
});

rule(28, "watchCount_streamSilentFromTheStart_asksInstead", async () => {
  const page = new FakePage();
  const { told, stream } = await watched(page);

  await page.clock.advance(10_000);

  expect(stream.isCancelled).toBe(true);
  expect(told).toEqual([3]);
});

rule(28, "watchCount_streamEndsBeforeAnEvent_asksInstead", async () => {
  const page = new FakePage();
  const { told, stream } = await watched(page);

  stream.end();
  await settle();

  expect(told).toEqual([3]);
  expect(page.server.of(streams)).toHaveLength(1);
});

rule(28, "watchCount_streamFailsThreeTimes_asksInstead", async () => {
  const page = new FakePage();
  page.server.answers(streams, unreachable(), 3);
  const { told, errors } = await watched(page);

  await page.clock.advance(5_000);

  expect(page.server.of(streams)).toHaveLength(3);
  expect(told).toEqual([3]);
  expect(errors.map(error => error.kind)).toEqual(["unavailable", "unavailable", "unavailable"]);
});

rule(28, "watchCount_afterTenRounds_triesTheStreamAgain", async () => {
  const page = new FakePage();
  page.server.answers(streams, refusal(429, 499602));
  const told: number[] = [];
  room(page).watchCount(count => told.push(count));
  await settle();
  const stream = another(page);

  await page.clock.advance(290_000);
  stream.event("snapshot", 8);
  await settle();

  expect(page.server.of(counts)).toHaveLength(10);
  expect(told).toEqual([3, 8]);
});

rule(28, "watchCount_whileAHeartbeatRuns_itBringsTheCount", async () => {
  const page = new FakePage();
  page.streams = false;
  const presence = room(page);
  await presence.startHeartbeat();
  const { told } = await watched(page, presence);
  page.server.count = 5;

  await page.clock.advance(600_000);

  expect(told).toEqual([3, 5]);
  expect(page.server.of(beats)[1]!.path).toMatch(/\?include=count$/);
  expect(page.server.of(counts)).toHaveLength(1); // until the next heartbeat
});

rule(28, "heartbeat_whileNobodyAsksForTheCount_doesNotAskForIt", async () => {
  const page = new FakePage();
  const presence = room(page);
  const { stream } = await watched(page, presence);
  stream.event("snapshot", 1);
  await presence.startHeartbeat();

  expect(page.server.of(beats)[0]!.path).toMatch(/heartbeat$/);
});

rule(29, "watchCount_whileHidden_rests", async () => {
  const page = new FakePage();
  const { told, stream } = await watched(page);
  stream.event("snapshot", 2);
  await settle();

  page.setHidden(true);
  await page.clock.advance(600_000);
  expect(stream.isCancelled).toBe(true);
  expect(page.server.of(streams)).toHaveLength(1);
  const next = another(page);
  page.setHidden(false);
  await settle();
  next.event("snapshot", 7);
  await settle();

  expect(told).toEqual([2, 7]);
});

rule(29, "watchCount_askingWhileHidden_rests", async () => {
  const page = new FakePage();
  page.streams = false;
  await watched(page);

  page.setHidden(true);
  await page.clock.advance(600_000);
  expect(page.server.of(counts)).toHaveLength(1);
  page.setHidden(false);
  await settle();

  expect(page.server.of(counts)).toHaveLength(2);
});

rule(30, "watchCount_whilePresenceIsOff_asksOnceAMinute", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(streams, refusal(403, 400300), 3);
  const { told, errors, stream } = await watched(page);

  await page.clock.advance(180_000);
  stream.event("snapshot", 1);
  await settle();

  expect(errors.map(error => error.kind)).toEqual(["disabled", "disabled", "disabled"]);
  expect(page.server.of(streams)).toHaveLength(4);
  expect(told).toEqual([1]);
});

for (const [status, code, kind] of [[403, 499601, "removed"], [403, 400312, "banned"], [403, 400301, "refused"], [401, 400100, "unauthorized"]] as const) {
  rule(30, `watchCount_${code}_ends`, async () => {
    const page = new FakePage();
    page.server.answers(streams, refusal(status, code));
    const { errors, presence, stream } = await watched(page);

    await page.clock.advance(600_000);
    expect(errors).toMatchObject([{ kind, isFinal: true }]);
    expect(page.server.requests).toHaveLength(1);

    const told: number[] = [];
    presence.watchCount(count => told.push(count));
    await settle();
    stream.event("snapshot", 9);
    await settle();
    expect(told).toEqual([9]);
  });
}
