import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { rule } from "../support/rule.js";
import { AppServer } from "./AppServer.js";
import { Chromium, type Tab } from "./Chromium.js";
import { eventually } from "./eventually.js";
import { RealServer } from "./RealServer.js";
import { ServerProcess } from "./ServerProcess.js";

const server = new RealServer();
const app = new AppServer();
const browser = new Chromium();
const tabs: Tab[] = [];
const isFull = process.env["PRESENCE_FULL"] === "1";
let origin: string;

beforeAll(async () => {
  origin = await app.start();
});

afterEach(() => Promise.all(tabs.splice(0).map(tab => tab.close().catch(() => {}))));

afterAll(async () => {
  await browser.end();
  app.end();
});

async function open(path = "/"): Promise<Tab> {
  const tab = await browser.open(origin + path);
  tabs.push(tab);
  await eventually(async () => expect(await tab.evaluate("window.isReady")).toBe(true));
  return tab;
}

/** A tab whose page is present in a room and shows its count as the title. */
async function watching(roomId: string, options: object = {}, path = "/"): Promise<Tab> {
  const tab = await open(path);
  const token = await server.logIn("anna");
  await tab.evaluate(`start(${JSON.stringify({ baseUrl: server.url, roomId, token, ...options })}, true)`);
  await server.expectCount(roomId, { count: 1, hidden: 0 });
  return tab;
}

const forbidsWorkers = "worker-src 'none'";
const withPolicy = (policy: string) => `/?policy=${encodeURIComponent(policy)}`;

/** So long that only a leave can end a session while a test runs. */
const patient = { overrides: { heartbeatIntervalSeconds: 300, presenceTimeoutSeconds: 600 } };

rule(5, "hiddenTab_whileTimersWakeOnceAMinute_neverLeavesWithOrWithoutAWorker", async () => {
  // Five seconds late is too late in the shorter proof: naps alone, which the browser puts off, fail it.
  const [interval, timeout, shortest, longest] = isFull ? [30, 90, 600, 600] : [60, 65, 70, 140];
  const rooms = { "hidden": "/", "hidden-workless": withPolicy(forbidsWorkers) };
  const hidden = new Map<string, Tab>();
  for (const [roomId, path] of Object.entries(rooms)) {
    await server.define(roomId, { overrides: { heartbeatIntervalSeconds: interval, presenceTimeoutSeconds: timeout } });
    hidden.set(roomId, await watching(roomId, {}, path));
  }
  await open();
  for (const roomId of hidden.keys())
    await server.expectCount(roomId, { count: 1, hidden: 1 });
  const gapsOf = (tab: Tab) => tab.evaluate<number[]>("gaps");
  const before = await Promise.all([...hidden.values()].map(gapsOf));

  const hiddenAt = Date.now();
  const secondsHidden = () => (Date.now() - hiddenAt) / 1000;
  let gaps: number[][] = [];
  const wereThrottled = () => gaps.every(some => Math.max(...some) > 50); // awake once a minute
  while (secondsHidden() < shortest! || secondsHidden() < longest! && !wereThrottled()) {
    for (const roomId of hidden.keys())
      expect(await server.count(roomId), roomId).toMatchObject({ count: 1, hidden: 1 });
    await new Promise(resolve => setTimeout(resolve, 1000));
    gaps = (await Promise.all([...hidden.values()].map(gapsOf))).map((after, index) => after.slice(before[index]!.length));
  }

  process.stdout.write(`hidden for ${secondsHidden().toFixed()} s under ${interval}/${timeout}: nobody left. A timer of 1 s ticked after ${gaps.map(some => some.join(", ")).join(" s; and after ")} s\n`);
  expect(wereThrottled()).toBe(true);
}, { timeout: 1_200_000 });

rule(7, "tab_hiddenAndShown_isKnownToTheServerAtOnce", async () => {
  await server.define("turned", patient);
  const tab = await watching("turned");

  await open();
  await server.expectCount("turned", { count: 1, hidden: 1 });
  await tab.toFront();

  await server.expectCount("turned", { count: 1, hidden: 0 });
});

rule(6, "page_frozenBeyondTheTimeout_isPresentAgainWhenItWakes", async () => {
  const tab = await watching("asleep"); // under 1/6
  await tab.send("Page.enable");
  await tab.send("Page.setWebLifecycleState", { state: "frozen" });
  await server.expectCount("asleep", { count: 0 });

  await tab.send("Page.setWebLifecycleState", { state: "active" });

  await server.expectCount("asleep", { count: 1, sessions: 1 });
});

rule(29, "tab_hidden_closesItsStreamAndOpensItAgain", async () => {
  await server.define("rested", patient);
  const tab = await watching("rested");
  const token = await server.logIn("anna"); // of the same viewer
  await eventually(async () => expect(await tab.evaluate("document.title")).toBe("1"));
  await open();
  await eventually(async () => expect(await server.streamsOf(token)).toBe(0));
  const leave = await server.visitor("rested");
  expect(await tab.evaluate("document.title")).toBe("1");

  await tab.toFront();

  await eventually(async () => expect(await tab.evaluate("document.title")).toBe("2"));
  await leave();
  await eventually(async () => expect(await tab.evaluate("document.title")).toBe("1"));
});

rule(9, "tab_closed_leavesAtOnce", async () => {
  await server.define("closed", patient);
  const tab = await watching("closed");

  const closedAt = Date.now();
  await tab.close();

  await server.expectCount("closed", { count: 0 });
  const seconds = (Date.now() - closedAt) / 1000;
  process.stdout.write(`a closed tab had left after ${seconds.toFixed(2)} s\n`);
  if (isFull)
    expect(seconds).toBeLessThan(2);
});

rule(10, "page_leftAndReturnedTo_isPresentAgainAtOnce", async () => {
  await server.define("returned", patient);
  const tab = await watching("returned");

  await tab.send("Page.navigate", { url: `${origin}/?elsewhere` });
  await server.expectCount("returned", { count: 0 });
  await eventually(async () => expect(await tab.evaluate("location.search")).toBe("?elsewhere"));
  await tab.evaluate("history.back()");

  await server.expectCount("returned", { count: 1 });
  expect(await tab.evaluate("room.state.status")).toBe("present");
});

rule(16, "tab_offlineBeyondTheTimeout_isBackWithTheNetwork", async () => {
  const tab = await watching("offline");
  const network = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  await tab.send("Network.enable");
  await tab.send("Network.emulateNetworkConditions", network);
  await eventually(async () => expect(await tab.evaluate("room.state.status")).toBe("offline"));
  await server.expectCount("offline", { count: 0 });

  await tab.send("Network.emulateNetworkConditions", { ...network, offline: false });

  await server.expectCount("offline", { count: 1 });
  await eventually(async () => expect(await tab.evaluate("document.title")).toBe("1"));
});

rule(16, "tab_offlineForTwoIntervals_staysPresentAndBeatsAgainWithTheNetwork", async () => {
  await server.define("short-cut", { overrides: { heartbeatIntervalSeconds: 2, presenceTimeoutSeconds: 300 } });
  const tab = await watching("short-cut");
  const network = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  await tab.send("Network.enable");
  await tab.send("Network.emulateNetworkConditions", network);
  const cutAt = Date.now();
  await eventually(async () => expect(await tab.evaluate("room.state.status")).toBe("offline"));
  await eventually(async () => expect(Date.now() - cutAt).toBeGreaterThan(4_000));
  await server.expectCount("short-cut", { count: 1, sessions: 1 });

  await tab.send("Network.emulateNetworkConditions", { ...network, offline: false });

  await eventually(async () => expect(await tab.evaluate("room.state.status")).toBe("present"));
  await server.expectCount("short-cut", { count: 1, sessions: 1 });
});

rule(14, "tab_throughARestartOfTheServer_isPresentAgainByItself", async () => {
  const own = new ServerProcess({ Initial__HeartbeatInterval: "1", Initial__PresenceTimeout: "300" });
  try {
    const restarted = new RealServer(await own.start());
    const tab = await open();
    await tab.evaluate(`start(${JSON.stringify({ baseUrl: restarted.url, roomId: "kept", token: await restarted.logIn("anna") })}, true)`);
    await eventually(async () => expect(await tab.evaluate("document.title")).toBe("1"));

    await own.stop();
    await eventually(async () => expect(await tab.evaluate("room.state.status")).toBe("retrying"));
    await own.start();

    await eventually(async () => expect(await tab.evaluate("room.state.status")).toBe("present"));
    await restarted.expectCount("kept", { count: 1, sessions: 1 });
    await eventually(async () => expect(await tab.evaluate("document.title")).toBe("1"));
  } finally {
    await own.end();
  }
});

rule(26, "count_ofAnotherOrigin_isWatchedOverTheStream", async () => {
  const tab = await watching("counted");
  await eventually(async () => expect(await tab.evaluate("document.title")).toBe("1"));

  const token = await server.logIn("berta");
  await fetch(`${server.url}/api/v1/presence/rooms/counted/heartbeat`, { method: "POST", headers: { authorization: `Bearer ${token}` } });

  await eventually(async () => expect(await tab.evaluate("document.title")).toBe("2"));
});

rule(5, "page_whosePolicyForbidsWorkers_sendsHeartbeatsAllTheSame", () => staysPresent(forbidsWorkers, {}));

rule(5, "page_whosePolicyAllowsItsOwnWorker_sendsHeartbeatsAllTheSame", () => staysPresent("worker-src 'self'", { timerWorkerUrl: "/timer-worker.js" }));

async function staysPresent(policy: string, options: object): Promise<void> {
  const tab = await watching("policy", options, withPolicy(policy));

  await eventually(async () => expect(await tab.evaluate("seen.length")).toBeGreaterThan(5));

  expect((await tab.evaluate<string[]>("seen")).slice(0, 3)).toEqual(["starting", "present", "present"]);
}

// Without TLS a browser speaks HTTP/1.1: six connections to the server, streams and heartbeats together.
for (const many of [7, 20, 60]) {
  rule(35, `page_thatWatches${many}Rooms_overHttp1_isPresentAndHearsThemAll`, async () => {
    const tab = await open();
    const token = await server.logIn(`watcher-${many}`);
    const rooms = Array.from({ length: many }, (_, index) => `many-${many}-${index}`);
    await server.visitor(rooms[0]!);
    await tab.evaluate(`watchAll(${JSON.stringify({ baseUrl: server.url, token })}, ${JSON.stringify(rooms)})`);
    await eventually(async () => expect(Object.keys(await tab.evaluate<object>("told"))).toHaveLength(many));
    expect(await server.streamsOf(token)).toBe(1);

    await tab.evaluate(`start(${JSON.stringify({ baseUrl: server.url, roomId: rooms[1], token })}, false)`);
    const first = await server.lastHeartbeatAt(rooms[1]!);
    await eventually(async () => expect(await server.lastHeartbeatAt(rooms[1]!)).not.toBe(first)); // the next gets through as well
    await eventually(async () => expect(await tab.evaluate<Record<string, number>>("told")).toMatchObject({ [rooms[0]!]: expect.any(Number), [rooms[1]!]: 1 }));

    expect(await tab.evaluate("seen")).not.toContain("retrying");
  });
}

rule(35, "windows_ofOneSite_holdFourStreamsAtMost", async () => {
  const token = await server.logIn("windows");
  const held = await Promise.all(Array.from({ length: 6 }, async (_, index) => {
    const tab = await open();
    await tab.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'visible' })"); // side by side on a large screen
    await tab.evaluate(`watchAll(${JSON.stringify({ baseUrl: server.url, token })}, ${JSON.stringify([`window-${index}-a`, `window-${index}-b`])})`);
    return tab;
  }));

  for (const tab of held)
    await eventually(async () => expect(Object.keys(await tab.evaluate<object>("told"))).toHaveLength(2));
  expect(await server.streamsOf(token)).toBe(4);
});
