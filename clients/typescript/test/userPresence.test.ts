import { expect } from "vitest";
import { UserPresence } from "../src/presence.js";
import { FakePage } from "./support/FakePage.js";
import { beats, json, refusal } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";

const user = (page: FakePage) => new UserPresence({ baseUrl: "https://presence.test", token: tokenOf("anna"), environment: page });

rule(33, "startHeartbeat_ofAUser_isPacedByTheSettings", async () => {
  const page = new FakePage();
  const presence = user(page);
  await presence.startHeartbeat();
  expect(page.server.of(beats).map(beat => `${beat.method} ${beat.path}`)).toEqual(["POST /api/v1/presence/heartbeat"]);
  expect(presence.state).toMatchObject({ status: "present", receipt: { heartbeatIntervalSeconds: 30, nextHeartbeatInSeconds: 28.5 } });
  page.server.interval = 10;

  await page.clock.advance(28_500);
  expect(page.server.of(beats)).toHaveLength(2);
  await page.clock.advance(9_500);
  expect(page.server.of(beats)).toHaveLength(3);
});

rule(33, "stopHeartbeat_ofAUser_hasNoLeave", async () => {
  const page = new FakePage();
  const presence = user(page);
  await presence.startHeartbeat();

  await presence.stopHeartbeat();
  page.tell("pagehide");
  await page.clock.advance(120_000);

  expect(page.server.requests.map(request => request.method).sort()).toEqual(["GET", "POST"]);
  expect(page.beacons).toEqual([]);
});

rule(33, "visibility_ofAUsersPage_isNotSaid", async () => {
  const page = new FakePage();
  await user(page).startHeartbeat();

  page.setHidden(true);
  await settle();

  expect(page.server.of(beats)).toHaveLength(1);
});

rule(33, "heartbeat_ofAUser_whilePresenceIsOff_asksSlowly", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(403, 400300));
  const presence = user(page);

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "disabled" });
  await page.clock.advance(60_000);

  expect(presence.state.status).toBe("present");
});

rule(34, "enableAndDisable_ofAUser_setItsSwitch", async () => {
  const page = new FakePage();
  page.server.answers(request => request.method === "PUT", json(200, { enabled: true, enabledAt: "2026-11-21T20:00:00.000Z" }), 2);
  const presence = user(page);

  await presence.disable();
  await presence.enable();

  expect(page.server.requests.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
    { method: "PUT", path: "/api/v1/presence/settings/user", body: { enabled: false } },
    { method: "PUT", path: "/api/v1/presence/settings/user", body: { enabled: true } },
  ]);
});

rule(34, "isEnabled_ofAUser_readsItsSwitch", async () => {
  const page = new FakePage();
  page.server.answers(() => true, json(200, { user: { enabled: false }, network: { heartbeatInterval: 30 } }));

  expect(await user(page).isEnabled()).toBe(false);
});
