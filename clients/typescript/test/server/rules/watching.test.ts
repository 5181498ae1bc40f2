import { expect } from "vitest";
import { beats, counts, streams } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { eventually } from "../eventually.js";
import { insteadOf, lostBefore } from "./troubles.js";
import { server, visit } from "./visit.js";
import { watching } from "./watching.js";

const tenMinutes = 600_000;

rule(26, "watchCount_whoComesAndGoes_isToldOverOneStream", async () => {
  const { page, presence, roomId, token } = await visit();
  const { told, until } = watching(presence);
  const other = watching(presence);
  await until(0);
  const leave = await server.visitor(roomId);
  await until(1);
  const again = await server.logIn("somebody");
  await server.beat(again, roomId, "phone");
  await until(2);
  await server.beat(again, roomId, "laptop"); // another session, and the same viewers: nothing to tell
  await leave();
  await until(1);

  expect(told).toEqual([0, 1, 2, 1]);
  expect(other.told).toEqual(told);
  expect(page.network.requests).toHaveLength(1);
  expect(page.network.requests[0]!.headers.get("Accept")).toBe("text/event-stream");
  expect(page.network.requests[0]!.token).toBe(token);
  expect(await server.streamsOf(token)).toBe(1);
});

rule(26, "watchCount_switchRoom_followsToItAndTellsNothingMoreOfTheOld", async () => {
  const { presence, roomId } = await visit();
  const other = `${roomId}-other`;
  await server.visitor(roomId);
  const { told, until } = watching(presence);
  await until(1);

  await presence.switchRoom(other);
  await until(0);
  await server.visitor(roomId);
  await server.visitor(other);
  await until(1);

  expect(told).toEqual([1, 0, 1]);
});

rule(26, "watchCount_switchRoomWhileItAsks_tellsNothingOfTheOld", async () => {
  const { page, presence, roomId } = await visit();
  page.streams = false;
  await server.visitor(roomId);
  await server.visitor(roomId);
  const late = page.network.holdsAnswer(counts);
  const { told, until } = watching(presence);
  await page.quiet();

  await presence.switchRoom(`${roomId}-other`);
  late.release();
  await until(0);
  await page.advance(60_000);

  expect(told).toEqual([0]);
});

for (const how of ["end", "break"] as const) {
  rule(27, `watchCount_stream_${how}s_isOpenedAgainAfterAPartOfASecond`, async () => {
    const { page, presence, roomId } = await visit();
    const { told, until, errors } = watching(presence);
    await until(0);

    page.network.streams[0]![how]();
    await page.quiet();
    await server.visitor(roomId); // meanwhile
    await page.advance(499);
    expect(page.network.of(streams)).toHaveLength(1);
    await page.advance(1);
    await until(1);

    expect(told).toEqual([0, 1]);
    expect(errors).toEqual([]);
    expect(page.network.of(streams)).toHaveLength(2);
  });
}

rule(27, "watchCount_streamWithoutAByteForThirtySeconds_isReplaced", async () => {
  const { page, presence, roomId } = await visit();
  const { told, until } = watching(presence);
  await until(0);
  page.network.isSilent = true;
  await server.visitor(roomId);
  await page.advanceJustBefore(30_000);
  expect(page.network.of(streams)).toHaveLength(1);

  page.network.isSilent = false;
  await page.advance(501);
  await until(1);

  expect(told).toEqual([0, 1]);
  expect(page.network.streams.map(stream => stream.isOver)).toEqual([true, false]);
});

rule(28, "watchCount_noPlaceForAnotherStream_asksAtThePaceOfTheHeartbeats", async () => {
  const { page, presence, roomId, token } = await visit();
  page.chance = 0;
  const closing = new AbortController();
  const elsewhere = () => fetch(`${server.url}/api/v1/presence/rooms/elsewhere/stream`, { headers: { authorization: `Bearer ${token}` }, signal: closing.signal });
  await Promise.all(Array.from({ length: 10 }, elsewhere));
  const { heartbeatIntervalSeconds } = await server.settings();

  const { told, errors } = watching(presence);
  await page.quiet();
  expect(page.network.of(streams)[0]!.answer).toMatchObject({ status: 429, body: { code: 499602 } });
  expect(told).toEqual([0]);
  await server.visitor(roomId);
  await page.advanceJustBefore(heartbeatIntervalSeconds * 1_000);
  expect(told).toEqual([0]);
  await page.advance(1);
  closing.abort();

  expect([told, errors]).toEqual([[0, 1], []]);
});

rule(28, "watchCount_serverWithoutStreams_asksAndTriesTheStreamAgainAfterTenRounds", async () => {
  const { page, presence, roomId } = await visit();
  page.chance = 0;
  page.network.meets(streams, insteadOf(404, '{"status":"error","code":400400,"message":"Not found."}'));
  const { told, until } = watching(presence);
  await page.quiet();
  const { heartbeatIntervalSeconds } = await server.settings();

  await page.advanceJustBefore(10 * heartbeatIntervalSeconds * 1_000);
  expect([page.network.of(counts).length, page.network.of(streams).length]).toEqual([10, 1]);
  await page.advance(1);
  await eventually(() => expect(page.network.streams).toHaveLength(1));
  await server.visitor(roomId);
  await until(1);

  expect(told).toEqual([0, 1]);
  expect(page.network.of(counts)).toHaveLength(10);
});

rule(28, "watchCount_streamSilentFromTheStart_asksInstead", async () => {
  const { page, presence, roomId } = await visit();
  await server.visitor(roomId);
  page.network.isSilent = true;
  const { told } = watching(presence);
  await page.advanceJustBefore(10_000);
  expect(told).toEqual([]);

  await page.advance(1);

  expect(told).toEqual([1]);
  expect(page.network.streams[0]!.isOver).toBe(true);
});

rule(28, "watchCount_streamFailsThreeTimes_asksInstead", async () => {
  const { page, presence, roomId } = await visit();
  await server.visitor(roomId);
  page.network.meets(streams, lostBefore, 3);
  const { told, errors } = watching(presence);

  await page.advance(5_000);

  expect(page.network.of(streams)).toHaveLength(3);
  expect(errors.map(error => error.kind)).toEqual(["unavailable", "unavailable", "unavailable"]);
  expect(told).toEqual([1]);
});

rule(28, "watchCount_whileAHeartbeatRuns_itBringsTheCountAndNothingElseIsAsked", async () => {
  const { page, presence, roomId } = await visit();
  page.streams = false;
  page.chance = 0; // so that it asks later than the heartbeats, which come up to a tenth early
  await presence.startHeartbeat();
  const { told } = watching(presence);
  await page.quiet();
  await server.visitor(roomId);
  await page.advance(200_000);

  expect(told).toEqual([1, 2]);
  expect(page.network.of(beats).slice(1).every(beat => beat.path.endsWith("?include=count"))).toBe(true);
  expect(page.network.of(counts)).toHaveLength(1); // until the next heartbeat
  expect(page.network.of(streams)).toEqual([]);
});

rule(29, "watchCount_whileHidden_restsAndItsStreamIsClosed", async () => {
  const { page, presence, roomId, token } = await visit();
  const { told, until } = watching(presence);
  await until(0);

  page.setHidden(true);
  await page.quiet();
  await eventually(async () => expect(await server.streamsOf(token)).toBe(0));
  await page.advance(tenMinutes);
  expect(page.network.requests).toHaveLength(1);
  await server.visitor(roomId);
  page.setHidden(false);
  await until(1);

  expect(told).toEqual([0, 1]);
});

rule(29, "watchCount_askingWhileHidden_rests", async () => {
  const { page, presence } = await visit();
  page.streams = false;
  watching(presence);
  await page.quiet();
  const asked = page.network.requests.length;

  page.setHidden(true);
  await page.advance(tenMinutes);
  expect(page.network.requests).toHaveLength(asked);
  page.setHidden(false);
  await page.quiet();

  expect(page.network.of(counts)).toHaveLength(2);
});

rule(30, "watchCount_presenceSwitchedOff_isToldAndAskedForLessAndLessOften", async () => {
  const { page, presence, roomId } = await visit();
  page.chance = 0;
  const { told, errors, until } = watching(presence);
  await until(0);

  await server.define(roomId, { overrides: { enabled: false } });
  await eventually(() => expect(page.network.streams[0]!.isOver).toBe(true)); // the server ends it
  await page.quiet();
  await page.advance(180_000);
  expect(errors.map(error => error.code)).toEqual([400300, 400300, 400300]);
  await server.define(roomId, {});
  await server.visitor(roomId);
  await page.advanceJustBefore(240_000);
  expect(page.network.streams).toHaveLength(1);
  await page.advance(1);
  await until(1);

  expect(told).toEqual([0, 1]);
  expect(errors).toHaveLength(3);
});

for (const [kind, refuse] of [
  ["removed", (roomId: string, userId: string) => server.remove(roomId, userId, "spam")],
  ["banned", (_: string, userId: string) => server.ban(userId, "spam")],
  ["unauthorized", (_: string, __: string, token: string) => server.revoke(token)],
] as const) {
  rule(30, `watchCount_viewerIs_${kind}_ends`, async () => {
    const { page, presence, roomId, userId, token } = await visit();
    const { errors, until } = watching(presence);
    await until(0);

    await refuse(roomId, userId, token);
    // The stream's last event says who is kept out; a token that ended is only known once another stream is refused.
    const isTold = kind !== "unauthorized";
    await eventually(() => expect(isTold ? errors.length === 1 : page.network.streams[0]!.isOver).toBe(true));
    await page.quiet();
    await page.advance(tenMinutes);

    expect(errors).toMatchObject([{ kind, isFinal: true }]);
    expect(page.network.requests).toHaveLength(isTold ? 1 : 2);
    expect(page.clock.timers).toBe(0);
  });
}
