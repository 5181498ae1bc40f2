import { expect } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, counts, json, refusal, streams, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";
import { another, watched } from "./support/watched.js";

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

rule(26, "watchCount_lastEventTellsOfABan_endsWithItAtOnce", async () => {
  const page = new FakePage();
  const { told, errors, stream } = await watched(page);
  stream.event("snapshot", 2);

  stream.send(`event: end\ndata: ${JSON.stringify({ status: "error", code: 499601, message: "Removed.", data: { until: "2026-11-22T20:00:00.000Z", reason: "spam" } })}\n\n`);
  await settle();

  expect(told).toEqual([2]);
  expect(errors.map(({ kind, until, reason }) => [kind, until, reason])).toEqual([["removed", new Date("2026-11-22T20:00:00.000Z"), "spam"]]);
  await page.clock.advance(600_000);
  expect(page.server.of(streams)).toHaveLength(1);
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

rule(26, "watchCount_switchRoomWhileItAsks_tellsNothingOfTheOldAndGivesTheQuestionUp", async () => {
  const page = new FakePage();
  page.streams = false;
  let answer!: () => void;
  const answered = new Promise<void>(resolve => void (answer = resolve));
  page.server.answers(counts, async () => {
    await answered;
    return json(200, { count: 40 });
  });
  const { told, presence } = await watched(page);

  answer(); // on its way, when the room is another
  await presence.switchRoom("stage");
  await settle();

  expect(told).toEqual([3]);
  expect(page.server.of(counts).map(request => [request.path.split("/")[5], request.init.signal!.aborted])).toEqual([["lobby", true], ["stage", false]]);
});

rule(26, "watchCount_switchRoomWhileTheStreamTells_tellsNothingOfTheOld", async () => {
  const page = new FakePage();
  const { told, stream, presence } = await watched(page);
  stream.event("snapshot", 2);
  await settle();
  const next = another(page);

  stream.event("joined", 3); // on its way, when the room is another
  await presence.switchRoom("stage");
  await settle();
  next.event("snapshot", 9);
  await settle();

  expect(told).toEqual([2, 9]);
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

rule(28, "watchCount_tooManyRequestsWhileAsking_waitsAsItIsTold", async () => {
  const page = new FakePage();
  page.streams = false;
  page.server.answers(counts, refusal(429, 400311, { "Retry-After": "60" }), 99);
  const { errors } = await watched(page);

  await page.clock.advance(600_000);

  expect(page.server.of(counts).length).toBeLessThan(11);
  expect(errors[0]).toMatchObject({ kind: "limited" });
});

rule(28, "watchCount_streamOfCommentsAlone_isSilent", async () => {
  const page = new FakePage();
  const { told, stream } = await watched(page);

  await page.clock.advance(9_000);
  stream.send(":\n\n");
  await page.clock.advance(1_000);

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

rule(28, "watchCount_roundJustBeforeTheHeartbeat_leavesItToThat", async () => {
  const page = new FakePage();
  page.streams = false;
  const presence = room(page);
  await presence.startHeartbeat();
  page.chance = 0.99; // as early as a round may be
  const { told } = await watched(page, presence);
  page.server.count = 5;

  await page.clock.advance(60_000);

  expect(told).toEqual([3, 5]);
  expect(page.server.of(counts)).toHaveLength(1);
});

rule(28, "watchCount_whileTheHeartbeatFails_asksForItself", async () => {
  const page = new FakePage();
  page.streams = false;
  const presence = room(page);
  await presence.startHeartbeat();
  const { told } = await watched(page, presence);
  await page.clock.advance(30_000);
  page.server.answers(beats, unreachable(), 999);
  page.server.count = 6;

  await page.clock.advance(90_000);

  expect(told).toEqual([3, 6]);
});

rule(28, "heartbeat_whileNobodyAsksForTheCount_doesNotAskForIt", async () => {
  const page = new FakePage();
  const presence = room(page);
  const { stream } = await watched(page, presence);
  stream.event("snapshot", 1);
  await presence.startHeartbeat();

  expect(page.server.of(beats)[0]!.path).toMatch(/heartbeat$/);
});
