import { expect } from "vitest";
import { rule } from "../../support/rule.js";
import { watchConsole, watchFaults } from "../../support/watchFaults.js";
import { eventually } from "../eventually.js";
import { anything, lostBefore } from "./troubles.js";
import { server, visit, type Visit } from "./visit.js";
import { watching } from "./watching.js";

const faults = watchFaults();

for (const [what, refuse] of [
  ["viewerRemoved", ({ roomId, userId }: Visit) => server.remove(roomId, userId, "spam")],
  ["viewerBanned", ({ userId }: Visit) => server.ban(userId, "spam")],
  ["tokenRevoked", ({ token }: Visit) => server.revoke(token)],
  ["roomEnded", ({ roomId }: Visit) => server.define(roomId, { status: "ended" })],
  ["presenceOff", ({ roomId }: Visit) => server.define(roomId, { overrides: { enabled: false } })],
  ["networkLost", async ({ page }: Visit) => page.network.meets(anything, lostBefore, Infinity)],
] as const) {
  rule(31, `everyCall_${what}AndNobodyListens_isHeardOfNowhere`, async () => {
    const consoles = watchConsole();
    const seen = await visit();
    const { page, presence } = seen;
    void presence.startHeartbeat();
    presence.watchCount(() => {});
    await page.quiet();

    await refuse(seen);
    page.network.streams[0]!.break();
    void presence.startHeartbeat();
    await page.advance(120_000);
    page.tell("pagehide");
    page.tell("pageshow");
    void presence.startHeartbeat();
    await page.advance(120_000);
    void presence.stopHeartbeat();
    await page.quiet();

    expect(faults.rejections).not.toHaveBeenCalled();
    expect(faults.errors).toEqual([]);
    for (const level of consoles)
      expect(level).not.toHaveBeenCalled();
  });
}

rule(31, "listener_thatFails_endsNoHeartbeat", async () => {
  const { page, presence, roomId } = await visit();
  presence.onStateChange(() => {
    throw new Error("a listener's own");
  });
  await presence.startHeartbeat();
  const first = await server.lastHeartbeatAt(roomId);

  await page.advance(30_000);

  expect(await server.lastHeartbeatAt(roomId)).not.toBe(first);
  expect(faults.errors).toMatchObject(Array(3).fill({ message: "a listener's own" }));
});

rule(32, "stop_ofEverything_leavesNothingHereNorAtTheServer", async () => {
  const { page, presence, roomId, token } = await visit();
  await presence.startHeartbeat();
  const { end, until } = watching(presence);
  await until(1);
  expect(page.clock.timers).toBeGreaterThan(1);
  expect(await server.streamsOf(token)).toBe(1);

  end();
  await presence.stopHeartbeat();
  await page.quiet();

  expect([page.clock.timers, page.listeners]).toEqual([0, 0]);
  expect(page.network.streams.every(stream => stream.isOver)).toBe(true);
  await eventually(async () => expect(await server.streamsOf(token)).toBe(0));
  expect(await server.count(roomId)).toMatchObject({ count: 0, sessions: 0 });
});

rule(32, "watchCount_endedWhileItAsks_leavesNoRequestOpen", async () => {
  const { page, presence } = await visit();
  page.streams = false;
  page.network.holdsRequest(anything);
  const { end, told } = watching(presence);
  await page.quiet();

  end();
  await page.quiet();

  expect(page.network.requests.map(request => request.init.signal!.aborted)).toEqual([true]);
  expect([page.clock.timers, page.listeners]).toEqual([0, 0]);
  expect(told).toEqual([]);
});
