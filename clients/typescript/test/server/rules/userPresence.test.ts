import { expect } from "vitest";
import { UserPresence } from "../../../src/presence.js";
import { beats } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { newPage, server, visit } from "./visit.js";

async function user() {
  const { userId, token, roomId } = await visit();
  const page = newPage();
  return { page, userId, roomId, presence: new UserPresence({ baseUrl: server.url, token, environment: page }) };
}

rule(33, "startHeartbeat_ofAUser_isPacedByTheSettingsUpToATenthEarly", () => server.withSettings({ heartbeatIntervalSeconds: 20, presenceTimeoutSeconds: 900 }, async () => {
  const { page, presence, userId, roomId } = await user();
  await presence.startHeartbeat();
  const first = await server.userLastHeartbeatAt(userId);
  expect(presence.state.receipt).toMatchObject({ heartbeatIntervalSeconds: 20, nextHeartbeatInSeconds: 19 });
  await server.change({ heartbeatIntervalSeconds: 40 });

  await page.advanceJustBefore(19_000);
  expect(await server.userLastHeartbeatAt(userId)).toBe(first);
  await page.advance(1);
  const second = await server.userLastHeartbeatAt(userId);
  expect(second).not.toBe(first);
  await page.advanceJustBefore(38_000);
  expect(await server.userLastHeartbeatAt(userId)).toBe(second);
  await page.advance(1);

  expect(await server.userLastHeartbeatAt(userId)).not.toBe(second);
  expect(await server.count(roomId)).toMatchObject({ count: 0 }); // of the network, not of a room
}));

rule(33, "stopHeartbeat_ofAUser_hasNoLeave", () => server.withSettings({ heartbeatIntervalSeconds: 20, presenceTimeoutSeconds: 900 }, async () => {
  const { page, presence, userId } = await user();
  await presence.startHeartbeat();

  await presence.stopHeartbeat();
  page.tell("pagehide");
  await page.advance(120_000);

  expect(await server.userLastHeartbeatAt(userId)).toBeDefined();
  expect(page.network.requests.map(request => request.method).sort()).toEqual(["GET", "POST"]);
}));

rule(33, "presence_switchedOff_whileAUserIsOnline_isAskedForSlowly", async () => {
  const { page, presence, userId } = await user();
  await presence.startHeartbeat();

  await server.withSettings({ enabled: false }, async () => {
    await page.advance(1_000);
    expect(presence.state).toMatchObject({ status: "disabled", error: { code: 400300 } });
  });
  const asked = page.network.of(beats).length;
  await page.advanceJustBefore(presence.state.nextHeartbeatAt!.getTime() - page.now());
  expect(page.network.of(beats)).toHaveLength(asked);
  expect(page.clock.elapsed).toBeGreaterThan(54_000);
  await page.advance(1);

  expect(presence.state).toMatchObject({ status: "present" });
  expect(await server.userLastHeartbeatAt(userId)).toBeDefined();
});

rule(34, "switch_ofAUser_isReadAndSetApartFromItsHeartbeat", () => server.withSettings({ heartbeatIntervalSeconds: 20, presenceTimeoutSeconds: 900 }, async () => {
  const { page, presence, userId } = await user();
  expect(await presence.isEnabled()).toBe(true);
  await presence.startHeartbeat();
  expect(await server.userLastHeartbeatAt(userId)).toBeDefined();

  await presence.disable();
  expect(await presence.isEnabled()).toBe(false);
  expect(await server.userLastHeartbeatAt(userId)).toBeUndefined();
  await page.advance(60_000);
  expect(presence.state.status).toBe("present");
  await presence.enable();

  expect(await presence.isEnabled()).toBe(true);
  expect(await server.userLastHeartbeatAt(userId)).toBeDefined();
}));
