import { expect } from "vitest";
import { beats, counts } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { insteadOf, lostBefore } from "./troubles.js";
import { server, visit } from "./visit.js";
import { watching } from "./watching.js";

for (const streams of [true, false]) {
  rule(24, `readingAndWatching_${streams ? "aStream" : "byAsking"}_countsNobody`, async () => {
    const { page, presence, roomId } = await visit();
    page.streams = streams;

    const { until } = watching(presence);
    await until(0);
    expect(await presence.getRoomUserCount()).toBe(0);
    expect(await presence.getRoomOnlineUsers()).toEqual([]);
    if (!streams)
      await page.advance(60_000);

    expect(page.network.of(beats)).toEqual([]);
    expect(await server.count(roomId)).toMatchObject({ count: 0, sessions: 0 });
  });
}

rule(25, "read_lostAndThenPutOff_isTriedAThirdTime", async () => {
  const { page, presence, roomId } = await visit();
  await server.visitor(roomId);
  page.network.meets(counts, lostBefore);
  page.network.meets(counts, insteadOf(503, "<html>", { "Retry-After": "3" }));
  const count = presence.getRoomUserCount();

  await page.advance(500);
  expect(page.network.of(counts)).toHaveLength(2);
  await page.advanceJustBefore(4_000); // 3 s, and half of the second part of the row
  expect(page.network.of(counts)).toHaveLength(2);
  await page.advance(1);

  expect(await count).toBe(1);
  expect(page.network.of(counts)).toHaveLength(3);
});

rule(25, "read_lostThreeTimes_isRejected", async () => {
  const { page, presence } = await visit();
  page.network.meets(counts, lostBefore, 3);
  const count = presence.getRoomUserCount();
  count.catch(() => {});

  await page.advance(60_000);

  await expect(count).rejects.toMatchObject({ kind: "unavailable" });
  expect(page.network.requests).toHaveLength(3);
  expect(await presence.getRoomUserCount()).toBe(0);
});

rule(25, "read_refused_isNotTriedAgain", async () => {
  const { page, presence, roomId, userId } = await visit();
  await server.remove(roomId, userId, "spam");

  await expect(presence.getRoomUserCount()).rejects.toMatchObject({ kind: "removed", reason: "spam" });

  expect(page.network.requests).toHaveLength(1);
});
