import { expect } from "vitest";
import type { PresenceError } from "../src/presence.js";
import { watchUsers, type WatchedUser } from "../src/users.js";
import { FakePage } from "./support/FakePage.js";
import { FakeStream } from "./support/FakeStream.js";
import { json, refusal, type RequestLine, streams } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";

const lists = (request: RequestLine) => request.path.startsWith("/api/v1/presence/users/list?");

/** What is told of anna and berta, as a sign each. */
async function watching(page: FakePage, userIds = ["anna", "berta"], signal?: AbortSignal) {
  const told: string[] = [];
  const errors: PresenceError[] = [];
  const stream = another(page);
  const listener = (users: readonly WatchedUser[]) => void told.push(users.map(({ userId, online }) => `${online ? "+" : "-"}${userId}`).join(" "));
  const end = watchUsers({ baseUrl: "https://presence.test", token: tokenOf("reader"), environment: page, ...(signal && { signal }) }, userIds, listener, { onError: error => errors.push(error) });
  await settle();
  return { told, errors, stream, end };
}

function another(page: FakePage): FakeStream {
  const stream = new FakeStream();
  page.server.answers(streams, stream.response);
  return stream;
}

const snapshot = (anna: boolean, berta: boolean) => `event: snapshot\nid: a.AQ\ndata: {"users":[{"userId":"anna","online":${anna}},{"userId":"berta","online":${berta}}]}\n\n`;
const change = (userId: string, online: boolean) => `event: presence\nid: a.AQ\ndata: {"userId":"${userId}","online":${online}}\n\n`;
const answer = (...online: string[]) => json(200, { presences: ["anna", "berta"].map(userId => ({ userId, ...(online.includes(userId) && { lastHeartbeat: "2026-11-21T20:00:00.000Z" }) })) });

rule(37, "watchUsers_events_tellAllUsersWheneverOneChanges", async () => {
  const page = new FakePage();
  const { told, stream } = await watching(page);
  expect(page.server.of(streams).map(request => request.path)).toEqual(["/api/v1/presence/users/stream?ids[]=anna&ids[]=berta"]);

  const text = snapshot(true, false) + change("berta", true);
  for (const part of [text.slice(0, 40), text.slice(40, 130), text.slice(130)]) {
    stream.send(part);
    await settle();
  }
  stream.send(`data: nonsense\n\n${change("berta", true)}:\n\n${change("anna", false)}`);
  await settle();

  expect(told).toEqual(["+anna -berta", "+anna +berta", "-anna +berta"]);
});

rule(37, "watchUsers_streamThatEndsOrFallsSilent_isOpenedAgainAndStartsWithAll", async () => {
  const page = new FakePage();
  const { told, stream, errors } = await watching(page);
  stream.send(snapshot(true, false));
  await settle();
  stream.end();
  const second = another(page);
  await page.clock.advance(499);
  expect(page.server.of(streams)).toHaveLength(1);
  await page.clock.advance(1);
  second.send(snapshot(true, true));
  await settle();
  const third = another(page);
  await page.clock.advance(29_999);
  expect(second.isCancelled).toBe(false);
  await page.clock.advance(1);
  expect(second.isCancelled).toBe(true);
  await page.clock.advance(500);
  third.send(snapshot(true, true));
  await settle();

  expect([told, errors]).toEqual([["+anna -berta", "+anna +berta"], []]);
});

rule(37, "watchUsers_withoutAStream_polls_andTriesTheStreamAgainAfterTenRounds", async () => {
  const page = new FakePage();
  page.server.answers(streams, refusal(429, 499602));
  page.server.answers(lists, () => answer("anna"), 10);
  const { told, errors, stream } = await watching(page);
  expect(page.server.of(lists).map(request => request.path)).toEqual(["/api/v1/presence/users/list?userIds[]=anna&userIds[]=berta"]);

  await page.clock.advance(9 * 28_500);
  expect(page.server.of(lists)).toHaveLength(10);
  await page.clock.advance(28_500);
  expect(page.server.of(streams)).toHaveLength(2);
  stream.send(snapshot(true, true));
  await settle();

  expect([told, errors]).toEqual([["+anna -berta", "+anna +berta"], []]);
});

rule(37, "watchUsers_streamThatSaysNothing_isGivenUpForPolling", async () => {
  const page = new FakePage();
  page.server.answers(lists, () => answer("berta"));
  const { told, stream } = await watching(page);

  await page.clock.advance(10_000);

  expect(stream.isCancelled).toBe(true);
  expect(told).toEqual(["-anna +berta"]);
});

rule(37, "watchUsers_whereStreamsCantBeRead_polls", async () => {
  const page = new FakePage();
  page.streams = false;
  page.server.answers(lists, () => answer(), 20);
  const { told } = await watching(page);

  await page.clock.advance(12 * 28_500);

  expect(page.server.of(streams)).toEqual([]);
  expect(page.server.of(lists)).toHaveLength(13);
  expect(told).toEqual(["-anna -berta"]);
});

rule(37, "watchUsers_serverUnreachableThreeTimes_polls", async () => {
  const page = new FakePage();
  page.server.answers(streams, new TypeError("fetch failed"), 3);
  page.server.answers(lists, () => answer("anna"));
  const { told, errors } = await watching(page);

  await page.clock.advance(1_500);

  expect(page.server.of(streams)).toHaveLength(3);
  expect(errors.map(error => error.kind)).toEqual(["unavailable", "unavailable", "unavailable"]);
  expect(told).toEqual(["+anna -berta"]);
});

rule(37, "watchUsers_whilePresenceIsOff_asksSlowly", async () => {
  const page = new FakePage();
  page.server.answers(streams, refusal(403, 400300));
  const { told, errors, stream } = await watching(page);
  expect(errors.map(error => error.kind)).toEqual(["disabled"]);

  await page.clock.advance(56_999);
  expect(page.server.of(streams)).toHaveLength(1);
  await page.clock.advance(1);
  stream.send(snapshot(false, true));
  await settle();

  expect(told).toEqual(["-anna +berta"]);
});

rule(37, "watchUsers_refusedForGood_ends", async () => {
  const page = new FakePage();
  page.server.answers(streams, refusal(403, 400312));
  const { errors } = await watching(page);
  await page.clock.advance(600_000);

  expect(errors.map(error => [error.kind, error.isFinal])).toEqual([["banned", true]]);
  expect(page.server.requests).toHaveLength(1);
  expect([page.clock.timers, page.listeners]).toEqual([0, 0]);
});

rule(37, "watchUsers_hiddenPage_pauses", async () => {
  const page = new FakePage();
  const { told, stream } = await watching(page);
  stream.send(snapshot(true, false));
  await settle();

  page.setHidden(true);
  await settle();
  expect(stream.isCancelled).toBe(true);
  await page.clock.advance(600_000);
  expect(page.server.requests).toHaveLength(1);
  const next = another(page);
  page.setHidden(false);
  await settle();
  next.send(snapshot(false, false));
  await settle();

  expect(told).toEqual(["+anna -berta", "-anna -berta"]);
});

for (const how of ["itsEnd", "theSignal"] as const) {
  rule(37, `watchUsers_endedBy_${how}_leavesNothing`, async () => {
    const page = new FakePage();
    const stop = new AbortController();
    const { told, stream, end } = await watching(page, ["anna"], stop.signal);
    if (how === "itsEnd")
      end();
    else
      stop.abort();
    await settle();
    await page.clock.advance(600_000);

    expect(stream.isCancelled).toBe(true);
    expect([told, page.server.requests.length, page.clock.timers, page.listeners]).toEqual([[], 1, 0, 0]);
  });
}

rule(37, "watchUsers_noneOrTooMany_areRefusedAtOnce", () => {
  const options = { baseUrl: "https://presence.test", token: "t", environment: new FakePage() };
  expect(() => watchUsers(options, [], () => {})).toThrow(RangeError);
  expect(() => watchUsers(options, Array.from({ length: 101 }, (_, index) => `${index}`), () => {})).toThrow("1 to 100 users can be watched, not 101.");
});
