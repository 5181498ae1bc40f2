import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import type * as Client from "../src/presence.js";
import { FakePage } from "./support/FakePage.js";
import { beats, counts, json, leaves, streams } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { tokenOf } from "./support/room.js";

const bundle = readFileSync(new URL("../dist/presence.js", import.meta.url), "utf8");

/** The bundle in a world that has nothing but the language itself and these globals. */
function load(globals: object): typeof Client {
  const { code } = transformSync(bundle, { format: "iife", globalName: "client" });
  return runInContext(`${code}; client`, createContext(globals));
}

/** A page's network and clock as globals: what every platform has. */
function bare(page: FakePage) {
  const timers = new Map<object, () => void>();
  return {
    fetch: page.server.fetch, URLSearchParams, AbortController, queueMicrotask,
    setTimeout(callback: () => void, milliseconds: number) {
      const id = {};
      timers.set(id, page.clock.setTimer(callback, milliseconds));
      return id;
    },
    clearTimeout: (id: object) => timers.get(id)?.(),
    Date: class extends Date {
      static override now = page.now;
    },
  };
}

// As Node 20 has them: no document, window, navigator, Worker or EventSource.
const inNode = (page: FakePage) => ({ ...bare(page), Response, TextDecoder, AbortSignal, URL, Blob, atob });

/** As React Native has them, the old ones among its versions: its answers cannot be read in parts, and some parts are missing or odd. */
const inReactNative = (page: FakePage) => ({
  ...bare(page),
  window: {},
  navigator: { product: "ReactNative" },
  Response: class {},
  URLSearchParams: class {
    readonly #given: Record<string, string>;

    constructor(given: Record<string, string>) {
      this.#given = given;
    }

    toString = () => Object.keys(this.#given).map(name => `${encodeURIComponent(name)}=${encodeURIComponent(this.#given[name]!)}`).join("&");
  },
  AbortController: class {
    readonly #controller = new AbortController();
    readonly signal = new Proxy(this.#controller.signal, {
      get(signal, name) {
        const value = name === "reason" ? undefined : Reflect.get(signal, name);
        return typeof value === "function" ? value.bind(signal) : value;
      },
    });
    abort = () => this.#controller.abort();
  },
});

test("bundle_whereNothingIsButTheLanguage_canBeImported", () => {
  expect(Object.keys(load({})).sort()).toEqual(["PresenceError", "RoomPresence", "UserPresence"]);
});

test("client_inReactNative_leavesInTheBackgroundAndComesBackByItself", async () => {
  const page = new FakePage();
  const { RoomPresence } = load(inReactNative(page));
  const listeners = new Set<(state: string) => void>();
  const appState = {
    currentState: "active",
    addEventListener(_: "change", listener: (state: string) => void) {
      listeners.add(listener);
      return { remove: () => void listeners.delete(listener) };
    },
  };
  const goes = async (state: string) => {
    appState.currentState = state;
    for (const listener of [...listeners])
      listener(state);
    await settle();
  };
  const presence = new RoomPresence({ baseUrl: "https://presence.test", roomId: "lobby", token: tokenOf("anna"), appState });
  await presence.startHeartbeat();
  const end = presence.watchCount(() => {});
  await settle();

  await goes("inactive"); // a call comes in, or the notifications are pulled down
  expect(page.server.of(leaves)).toHaveLength(0);
  await goes("background");
  expect(page.server.of(leaves)).toHaveLength(1);
  const before = page.server.requests.length;
  await page.clock.advance(3_600_000);
  expect(page.server.requests).toHaveLength(before);

  await goes("active");
  expect([page.server.of(beats).length, page.server.of(beats).at(-1)!.body!["state"], presence.state.status]).toEqual([2, "visible", "present"]);
  end();
  await presence.stopHeartbeat();
  expect(listeners.size).toBe(0);
});

test("client_inReactNative_begunInTheBackground_waitsUntilItIsInFront", async () => {
  const page = new FakePage();
  const { RoomPresence } = load(inReactNative(page));
  let tell = (_: string) => {};
  const appState = { currentState: "background", addEventListener: (_: "change", listener: (state: string) => void) => {
    const before = tell;
    tell = state => {
      before(state);
      listener(state);
    };
    return { remove() {} };
  } };
  const presence = new RoomPresence({ baseUrl: "https://presence.test", roomId: "lobby", token: tokenOf("anna"), appState });
  const started = presence.startHeartbeat();
  await settle();
  expect(page.server.requests).toEqual([]);

  appState.currentState = "active";
  tell("active");
  await started;

  expect(page.server.of(beats)).toHaveLength(1);
  await presence.stopHeartbeat();
});

for (const [platform, globals, hasStreams] of [["node", inNode, true], ["reactNative", inReactNative, false]] as const) {
  test(`client_onAPlatformLike_${platform}_startsReadsWatchesAndStops`, async () => {
    const page = new FakePage();
    const { RoomPresence, UserPresence } = load(globals(page));
    const told: number[] = [];
    page.server.answers(request => request.path.includes("/users?"), json(200, { viewers: [{ userId: "anna" }] }));
    const presence = new RoomPresence({ baseUrl: "https://presence.test", roomId: "lobby", token: tokenOf("anna") });

    await presence.startHeartbeat();
    const end = presence.watchCount(count => told.push(count));
    await page.clock.advance(60_000);
    expect(page.server.of(beats)).toHaveLength(3);
    expect(page.server.of(streams)).toHaveLength(hasStreams ? 1 : 0);
    expect(told).toEqual([3]);
    expect(await presence.getRoomUserCount()).toBe(3);
    expect(await presence.getRoomOnlineUsers({ limit: 20, search: "a b" })).toEqual([{ userId: "anna" }]);
    expect(page.server.requests.at(-1)!.path).toMatch(/users\?limit=20&search=a(\+|%20)b&include=user$/);
    end();
    await presence.stopHeartbeat();
    await settle();

    expect(page.server.of(leaves)).toHaveLength(1);
    expect(page.clock.timers).toBe(0);
    const user = new UserPresence({ baseUrl: "https://presence.test", token: tokenOf("anna") });
    await user.startHeartbeat();
    expect(await user.isEnabled()).toBe(true);
    await user.stopHeartbeat();
    expect(page.server.of(counts).length).toBeGreaterThan(0);
  });

  test(`client_onAPlatformLike_${platform}_triesAgainAndGivesUpInTime`, async () => {
    const page = new FakePage();
    const { RoomPresence } = load(globals(page));
    page.server.answers(beats, "never");
    const presence = new RoomPresence({ baseUrl: "https://presence.test", roomId: "lobby", getToken: () => tokenOf("anna") });
    const started = presence.startHeartbeat();

    await page.clock.advance(9_999);
    expect(presence.state.status).toBe("starting");
    await page.clock.advance(1_001);

    await started;
    expect(page.server.of(beats)[0]!.init.signal!.aborted).toBe(true);
    expect(presence.state.status).toBe("present");
  });
}
