import { expect } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, json, leaves } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room, tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";

rule(12, "twoInstances_ofOneRoomAndUser_sendTheHeartbeatsOfOne", async () => {
  const page = new FakePage();
  const one = room(page);
  const other = room(page, { getToken: () => tokenOf("anna", { jti: "another" }) });
  await one.startHeartbeat();
  await other.startHeartbeat();
  await page.clock.advance(28_080);

  expect(page.server.of(beats)).toHaveLength(2);
  expect(other.state).toBe(one.state);
});

rule(12, "twoInstances_theSenderStops_theOtherGoesOnWithoutALeave", async () => {
  const page = new FakePage();
  const one = room(page);
  const other = room(page);
  await one.startHeartbeat();
  await other.startHeartbeat();

  await one.stopHeartbeat();
  await settle();
  expect(page.server.of(leaves)).toHaveLength(0);
  expect(page.server.of(beats)).toHaveLength(2);
  await page.clock.advance(28_080);
  expect(page.server.of(beats)).toHaveLength(3);

  await other.stopHeartbeat();
  expect(page.server.of(leaves)).toHaveLength(1);
});

rule(12, "twoInstances_theFollowerStops_nobodyLeaves", async () => {
  const page = new FakePage();
  const one = room(page);
  const other = room(page);
  await one.startHeartbeat();
  await other.startHeartbeat();

  await other.stopHeartbeat();
  await page.clock.advance(28_080);

  expect(page.server.requests.map(request => request.method)).toEqual(["POST", "POST"]);
});

rule(12, "anotherInstance_startedWhileTheLastLeaves_entersAfterwards", async () => {
  const page = new FakePage();
  const one = room(page);
  await one.startHeartbeat();
  let answer!: () => void;
  const answered = new Promise<void>(resolve => void (answer = resolve));
  page.server.answers(leaves, async () => {
    await answered;
    return new Response(null, { status: 204 });
  });
  void one.stopHeartbeat();
  await settle();

  void room(page).startHeartbeat();
  await settle();
  expect(page.server.of(beats)).toHaveLength(1);
  answer();
  await settle();

  expect(page.server.of(beats)).toHaveLength(2);
});

rule(12, "twoInstances_ofOtherUsersRoomsOrSessions_doNotShare", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();
  await room(page, { token: tokenOf("berta") }).startHeartbeat();
  await room(page, { roomId: "stage" }).startHeartbeat();
  await room(page, { sessionId: "tv" }).startHeartbeat();

  expect(page.server.of(beats)).toHaveLength(4);
});

rule(12, "twoInstances_theSendersTokenIsRefused_theOtherTriesItsOwn", async () => {
  const page = new FakePage();
  const one = room(page);
  const other = room(page, { token: tokenOf("anna", { jti: "better" }) });
  await one.startHeartbeat();
  await other.startHeartbeat();
  const seen: string[] = [];
  other.onStateChange(state => seen.push(state.status));
  page.server.answers(beats, json(401, { code: 400100, message: "revoked" }));

  await page.clock.advance(28_080);
  await settle();

  expect(one.state).toMatchObject({ status: "refused", error: { kind: "unauthorized" } });
  expect(seen).toEqual(["present"]);
  expect(page.server.of(beats).at(-1)!.token).toBe(tokenOf("anna", { jti: "better" }));
});
