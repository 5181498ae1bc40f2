import { expect, vi } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, refusal, streams, unreachable } from "./support/FakeServer.js";
import { FakeStream } from "./support/FakeStream.js";
import { settle } from "./support/ManualClock.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";
import { watchConsole, watchFaults } from "./support/watchFaults.js";
import { UserPresence } from "../src/presence.js";

const faults = watchFaults();

rule(31, "everythingFails_nobodyListens_nothingIsHeardOfIt", async () => {
  const consoles = watchConsole();
  const page = new FakePage();
  page.server.answers(() => true, unreachable(), 20);
  page.server.answers(() => true, refusal(500, 500000), 10);
  page.server.answers(() => true, refusal(403, 400301), 1000);

  const failing = room(page);
  void failing.startHeartbeat();
  failing.watchCount(() => {});
  const tokenless = room(page, { getToken: () => Promise.reject(new Error("no")) });
  void tokenless.startHeartbeat();
  tokenless.watchCount(() => {});
  void new UserPresence({ baseUrl: "https://presence.test", token: "t", environment: page }).startHeartbeat();
  await page.clock.advance(600_000);
  page.tell("pagehide");
  page.tell("pageshow");
  void failing.stopHeartbeat();
  void tokenless.stopHeartbeat();
  await page.clock.advance(60_000);
  void room(page, { signal: AbortSignal.abort() }).startHeartbeat();
  await settle();

  expect(faults.rejections).not.toHaveBeenCalled();
  expect(faults.errors).toEqual([]);
  for (const level of consoles)
    expect(level).not.toHaveBeenCalled();
});

rule(31, "listener_thatFails_endsNoHeartbeatAndIsReported", async () => {
  const page = new FakePage();
  const presence = room(page);
  const heard: string[] = [];
  presence.onStateChange(() => {
    throw new Error("a listener's own");
  });
  presence.onStateChange(state => heard.push(state.status));

  await presence.startHeartbeat();
  await page.clock.advance(28_080);

  expect(page.server.of(beats)).toHaveLength(2);
  expect(heard).toEqual(["starting", "present", "present"]);
  expect(faults.errors).toMatchObject([{ message: "a listener's own" }, { message: "a listener's own" }, { message: "a listener's own" }]);
});

rule(31, "onStateChange_ended_isNotCalledAnyMore", async () => {
  const page = new FakePage();
  const presence = room(page);
  const listener = vi.fn();

  presence.onStateChange(listener)();
  await presence.startHeartbeat();

  expect(listener).not.toHaveBeenCalled();
});

rule(32, "stop_ofEverything_leavesNothingBehind", async () => {
  const page = new FakePage();
  const presence = room(page);
  const stream = new FakeStream();
  page.server.answers(streams, stream.response);
  await presence.startHeartbeat();
  const end = presence.watchCount(() => {});
  await settle();
  stream.event("snapshot", 1);
  await settle();
  expect(page.clock.timers).toBeGreaterThan(1);

  end();
  await presence.stopHeartbeat();
  await settle();

  expect(stream.isCancelled).toBe(true);
  expect(page.clock.timers).toBe(0);
  expect(page.listeners).toBe(0);
});

rule(32, "new_roomThatNoAddressCanName_isRefused", () => {
  for (const roomId of ["", ".", ".."])
    expect(() => room(new FakePage(), { roomId })).toThrow(RangeError);
});

rule(32, "signal_ofManyInstances_isNotListenedToWhenTheyAreDone", async () => {
  const page = new FakePage();
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  vi.spyOn(signal, "addEventListener").mockImplementation((_, listener) => void listening.add(listener));
  vi.spyOn(signal, "removeEventListener").mockImplementation((_, listener) => void listening.delete(listener));
  const presence = room(page, { signal });
  await presence.startHeartbeat();
  const end = presence.watchCount(() => {}, { signal });
  expect(listening.size).toBe(2);

  await presence.stopHeartbeat();
  end();

  expect(listening.size).toBe(0);
});
