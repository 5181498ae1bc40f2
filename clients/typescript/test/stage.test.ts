import { expect } from "vitest";
import { type StageInvitation, StagePresence } from "../src/stage.js";
import { FakePage } from "./support/FakePage.js";
import { beats, json, refusal, type RequestLine } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";

const answers = (request: RequestLine) => request.path.includes("/invitation/");
const invitation = (status: string) => ({ id: "inv_1", roomId: "lobby", status, invitedAt: "2026-11-21T20:00:00.000Z", expiresAt: "2026-11-21T20:02:00.000Z" });
const reply = (more: object = {}) => json(202, { success: true, heartbeatIntervalSeconds: 30, presenceTimeoutSeconds: 60, nextHeartbeatInSeconds: 30, settingsVersion: 7, ...more });

function stage(page: FakePage) {
  const presence = new StagePresence({ baseUrl: "https://presence.test", roomId: "lobby", token: tokenOf("anna"), environment: page, device: "tv" });
  const told: (string | undefined)[] = [];
  presence.onInvitation((heard: StageInvitation | undefined) => void told.push(heard?.status));
  return { presence, told };
}

rule(38, "onInvitation_repliesOfHeartbeats_tellEachStatusOnceAndTheEnd", async () => {
  const page = new FakePage();
  const { presence, told } = stage(page);
  for (const status of ["pending", "pending", "accepted"])
    page.server.answers(beats, reply({ invitation: invitation(status) }));
  await presence.startHeartbeat();
  expect(presence.invitation).toMatchObject({ id: "inv_1", status: "pending" });
  await page.clock.advance(60_000);
  await page.clock.advance(30_000); // the reply without it

  expect(told).toEqual(["pending", "accepted", undefined]);
  expect(presence.invitation).toBeUndefined();
});

rule(38, "accept_openInvitation_isAnsweredWithTheViewersToken", async () => {
  const page = new FakePage();
  const { presence, told } = stage(page);
  page.server.answers(beats, reply({ invitation: invitation("pending") }));
  await presence.startHeartbeat();
  page.server.answers(answers, json(200, invitation("accepted")));

  await expect(presence.accept()).resolves.toMatchObject({ status: "accepted" });

  expect(page.server.of(answers).map(({ method, path, token }) => [method, path, token])).toEqual([["POST", "/api/v1/presence/rooms/lobby/invitation/inv_1/accept", tokenOf("anna")]]);
  expect(told).toEqual(["pending", "accepted"]);
  page.server.answers(answers, json(200, invitation("rejected")));
  await presence.reject();
  expect(told).toEqual(["pending", "accepted", undefined]);
  await expect(presence.accept()).rejects.toThrow(RangeError);
});

rule(38, "accept_invitationThatIsOver_isRefused", async () => {
  const page = new FakePage();
  const { presence } = stage(page);
  page.server.answers(beats, reply({ invitation: invitation("pending") }));
  await presence.startHeartbeat();
  page.server.answers(answers, refusal(409, 499604));

  await expect(presence.accept()).rejects.toMatchObject({ code: 499604 });
});

rule(39, "raiseHand_whileItRuns_isSaidAtOnceAndOnceBySameSession", async () => {
  const page = new FakePage();
  const { presence } = stage(page);
  await presence.startHeartbeat();
  page.server.answers(beats, reply({ handRaised: true }));

  presence.raiseHand();
  await settle();

  const [first, second] = page.server.of(beats);
  expect(second!.body).toEqual({ sessionId: first!.body!["sessionId"], state: "visible", handRaised: true });
  expect(presence.handRaised).toBe(true);
  await page.clock.advance(30_000);
  expect(page.server.of(beats)).toHaveLength(3);
  expect(page.server.of(beats)[2]!.body).not.toHaveProperty("handRaised");
  expect(presence.handRaised).toBe(false); // its reply has no hand: a moderator lowered it
});

rule(39, "lowerHand_afterAFailure_isSaidAgain", async () => {
  const page = new FakePage();
  const { presence } = stage(page);
  await presence.startHeartbeat();
  page.server.answers(beats, refusal(503, 499503));

  presence.lowerHand();
  await settle();
  await page.clock.advance(60_000);

  expect(page.server.of(beats).filter(beat => beat.body!["handRaised"] === false).length).toBeGreaterThanOrEqual(1);
});
