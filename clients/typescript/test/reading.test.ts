import { expect } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, counts, json, refusal, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";
import { watched } from "./support/watched.js";

rule(24, "readingAndWatching_sendNoHeartbeat", async () => {
  const page = new FakePage();
  page.streams = false;
  const { presence } = await watched(page);
  await presence.getRoomUserCount();
  page.server.answers(request => request.path.includes("/users?"), json(200, { viewers: [] }));
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
  const viewers = [{ userId: "anna", displayName: "Anna", joinedAt: "2026-11-21T22:31:07.593Z", lastHeartbeatAt: "2026-11-21T22:37:40.614Z", state: "visible", fading: false, sessions: 1, user: { userId: "anna", metadata: { level: 7 }, tags: ["vip"], avatarCustomUrl: "https://example.com/a.png" } }];
  page.server.answers(() => true, json(200, { viewers }), 2);

  expect(await room(page).getRoomOnlineUsers()).toEqual(viewers);
  await room(page).getRoomOnlineUsers({ limit: 20, sort: "-joined", search: "a b", state: "visible" });

  expect(page.server.requests.map(request => request.path.split("/lobby/")[1])).toEqual(["users?include=user", "users?limit=20&sort=-joined&search=a+b&state=visible&include=user"]);
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
