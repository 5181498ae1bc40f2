// @vitest-environment happy-dom
import { act, createElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, test } from "vitest";
import { useRoomPresence, type UsedRoomPresence, type UseRoomPresenceOptions } from "../src/react.js";
import { FakePage } from "./support/FakePage.js";
import { beats, leaves, streams } from "./support/FakeServer.js";
import { FakeStream } from "./support/FakeStream.js";
import { settle } from "./support/ManualClock.js";
import { tokenOf } from "./support/room.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const roots: { unmount(): void }[] = [];

afterEach(() => act(() => roots.splice(0).forEach(root => root.unmount())));

/** A mounted component and what it saw last. */
function mounted(page: FakePage) {
  const root = createRoot(document.createElement("div"));
  roots.push(root);
  let seen!: UsedRoomPresence;
  const Component = (options: Partial<UseRoomPresenceOptions>) => {
    seen = useRoomPresence({ baseUrl: "https://presence.test", roomId: "lobby", getToken: () => tokenOf("anna"), environment: page, ...options });
    return null;
  };
  return {
    get seen() {
      return seen;
    },
    render: (options: Partial<UseRoomPresenceOptions> = {}) => act(async () => {
      root.render(createElement(StrictMode, null, createElement(Component, options)));
      await settle();
    }),
    unmount: () => act(async () => {
      root.unmount();
      await settle();
    }),
  };
}

test("useRoomPresence_mountedTwiceByStrictMode_sendsOneHeartbeat", async () => {
  const page = new FakePage();
  const component = mounted(page);

  await component.render();
  await component.render(); // getToken is another function now

  expect(component.seen.state.status).toBe("present");
  expect(page.server.of(beats)).toHaveLength(1);
  expect(page.server.of(leaves)).toHaveLength(0);
});

test("useRoomPresence_unmounted_leavesAndEndsWatching", async () => {
  const page = new FakePage();
  const component = mounted(page);
  await component.render();

  await component.unmount();

  expect(page.server.of(leaves)).toHaveLength(1);
  expect([page.clock.timers, page.listeners]).toEqual([0, 0]);
});

test("useRoomPresence_anotherRoom_leavesTheOldOneFirst", async () => {
  const page = new FakePage();
  const component = mounted(page);
  await component.render({ watch: false });

  await component.render({ watch: false, roomId: "stage" });

  expect(page.server.requests.map(request => `${request.method} ${request.path.split("/")[5]}`)).toEqual(["POST lobby", "DELETE lobby", "POST stage"]);
});

test("useRoomPresence_watching_showsTheCount", async () => {
  const page = new FakePage();
  const stream = new FakeStream();
  page.server.answers(streams, stream.response);
  const component = mounted(page);
  await component.render({ heartbeat: false });
  expect(component.seen.count).toBeUndefined();

  await act(async () => {
    stream.event("snapshot", 12);
    await settle();
  });

  expect(component.seen.count).toBe(12);
  expect(page.server.of(beats)).toHaveLength(0);
  await component.render({ heartbeat: false, watch: false });
  expect(stream.isCancelled).toBe(true);
});

test("useRoomPresence_twoComponentsOfOneRoom_shareAHeartbeat", async () => {
  const page = new FakePage();
  const [one, other] = [mounted(page), mounted(page)];
  await one.render({ watch: false });
  await other.render({ watch: false });
  expect(page.server.of(beats)).toHaveLength(1);

  await one.unmount();

  expect(page.server.of(leaves)).toHaveLength(0);
  expect(page.server.of(beats)).toHaveLength(2);
});

test("useRoomPresence_viewerState_isSaid", async () => {
  const page = new FakePage();
  const component = mounted(page);
  await component.render();

  await component.render({ viewerState: "paused" });

  expect(page.server.of(beats).map(beat => beat.body!["state"])).toEqual(["visible", "paused"]);
});

test("useRoomPresence_heartbeatSwitchedOff_leavesAndSwitchedOn_returns", async () => {
  const page = new FakePage();
  const component = mounted(page);
  await component.render({ watch: false });

  await component.render({ watch: false, heartbeat: false });
  await component.render({ watch: false, heartbeat: true });

  expect(page.server.requests.map(request => request.method)).toEqual(["POST", "DELETE", "POST"]);
});
