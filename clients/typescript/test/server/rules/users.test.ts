import { expect, onTestFinished } from "vitest";
import { UserPresence } from "../../../src/presence.js";
import { watchUsers } from "../../../src/users.js";
import { streams } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { eventually } from "../eventually.js";
import { insteadOf } from "./troubles.js";
import { newPage, server, visit } from "./visit.js";

/** A user who can go online, and a page that watches it. */
async function watched() {
  const { userId } = await visit();
  const token = await server.logIn(`reader of ${userId}`); // who hides is online for itself
  const page = newPage();
  const told: string[] = [];
  const watch = () => onTestFinished(watchUsers({ baseUrl: server.url, token, environment: page }, [userId, "nobody"], users => void told.push(users.map(({ online }) => online ? "+" : "-").join(""))));
  return { page, userId, told, watch, presence: new UserPresence({ baseUrl: server.url, token: await server.logIn(userId, "phone"), environment: newPage() }), until: (users: string) => eventually(() => expect(told.at(-1)).toBe(users)) };
}

rule(37, "watchUsers_whoGoesOnlineAndHides_isToldOverAStream", () => server.withSettings({ heartbeatIntervalSeconds: 20, presenceTimeoutSeconds: 900 }, async () => {
  const { page, told, watch, presence, until } = await watched();
  watch();
  await until("--");

  await presence.startHeartbeat();
  await until("+-");
  await presence.disable();
  await until("--");

  expect(told).toEqual(["--", "+-", "--"]);
  expect(page.network.requests).toHaveLength(1);
  expect(page.network.of(streams)).toHaveLength(1);
}));

rule(37, "watchUsers_withoutAStream_asks", () => server.withSettings({ heartbeatIntervalSeconds: 20, presenceTimeoutSeconds: 900 }, async () => {
  const { page, told, watch, presence, until } = await watched();
  await presence.startHeartbeat();
  page.network.meets(streams, insteadOf(404, JSON.stringify({ status: "error", code: 400400, message: "none" })));
  watch();
  await until("+-");

  expect(told).toEqual(["+-"]);
}));
