import { expect } from "vitest";
import { type StageInvitation, StagePresence } from "../src/stage.js";
import { FakePage } from "./support/FakePage.js";
import { beats, json, refusal, type RequestLine } from "./support/FakeServer.js";
import type { FakeStream } from "./support/FakeStream.js";
import { settle } from "./support/ManualClock.js";
import { tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";
import { watched } from "./support/watched.js";

const answers = (request: RequestLine) => request.path.includes("/invitation/");
const invitation = (status: string) => ({ id: "inv_1", roomId: "lobby", status, invitedAt: "2026-11-21T20:00:00.000Z", expiresAt: "2026-11-21T20:02:00.000Z" });
const reply = (more: object = {}) => json(202, { success: true, heartbeatIntervalSeconds: 30, presenceTimeoutSeconds: 60, nextHeartbeatInSeconds: 30, settingsVersion: 7, ...more });

function stage(page: FakePage) {
  const presence = new StagePresence({ baseUrl: "https://presence.test", roomId: "lobby", token: tokenOf("anna"), environment: page, device: "tv" });
  const told: (string | undefined)[] = [];
  presence.onInvitation((heard: StageInvitation | undefined) => void told.push(heard?.status));
  return { presence, told };
}

function tells(stream: FakeStream, status: string, roomId = "lobby"): void {
  stream.send(`event: invitation\ndata: ${JSON.stringify({ ...invitation(status), roomId })}\n\n`);
}

/** The next heartbeat waits for its reply. */
function held(page: FakePage): (response: Response) => void {
  let answer!: (response: Response) => void;
  const answered = new Promise<Response>(resolve => void (answer = resolve));
  page.server.answers(beats, () => answered);
  return answer;
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

rule(38, "onInvitation_streamTellsFirst_isAskedForAtOnceAndToldOnce", async () => {
  const page = new FakePage();
  const { presence, told } = stage(page);
  const { stream } = await watched(page, presence);
  await presence.startHeartbeat();
  page.server.answers(beats, reply({ invitation: invitation("pending") }));

  tells(stream, "pending");
  await settle();
  expect(told).toEqual(["pending"]);
  tells(stream, "pending"); // the stream was opened again
  await settle();
  expect(page.server.of(beats)).toHaveLength(2);
  tells(stream, "expired");
  await settle();

  expect(told).toEqual(["pending", undefined]);
  expect(page.server.of(beats)).toHaveLength(3);
});

rule(38, "onInvitation_streamTellsWhileAHeartbeatIsUnderWay_isToldOnceByTheNext", async () => {
  const page = new FakePage();
  const { presence, told } = stage(page);
  const { stream } = await watched(page, presence);
  await presence.startHeartbeat();
  stream.event("snapshot", 1);
  await settle();
  const answer = held(page);
  page.server.answers(beats, reply({ invitation: invitation("pending") }));
  await page.clock.advance(29_000);

  tells(stream, "pending");
  answer(reply()); // as it was before the invitation
  await settle();

  expect(told).toEqual(["pending"]);
});

rule(38, "onInvitation_streamOfAnotherRoom_changesNothing", async () => {
  const page = new FakePage();
  const { presence } = stage(page);
  const { stream } = await watched(page, presence);
  await presence.startHeartbeat();

  tells(stream, "pending", "stage");
  await settle();

  expect(page.server.of(beats)).toHaveLength(1);
});

rule(38, "reject_whileAHeartbeatIsUnderWay_isNotToldAgain", async () => {
  const page = new FakePage();
  const { presence, told } = stage(page);
  page.server.answers(beats, reply({ invitation: invitation("pending") }));
  await presence.startHeartbeat();
  const answer = held(page);
  await page.clock.advance(30_000);
  page.server.answers(answers, json(200, invitation("rejected")));

  await presence.reject();
  answer(reply({ invitation: invitation("pending") })); // as it was before the answer
  await settle();

  expect(told).toEqual(["pending", undefined]);
  expect(presence.invitation).toBeUndefined();
});

rule(38, "onInvitation_afterAStop_isToldAgainOnReturn", async () => {
  const page = new FakePage();
  const { presence, told } = stage(page);
  page.server.answers(beats, reply({ invitation: invitation("pending") }), 2);
  await presence.startHeartbeat();

  await presence.stopHeartbeat();
  await presence.startHeartbeat(); // the viewer was present on another device meanwhile

  expect(told).toEqual(["pending", undefined, "pending"]);
});

rule(38, "onInvitation_viewerIsRemoved_isOver", async () => {
  const page = new FakePage();
  const { presence, told } = stage(page);
  page.server.answers(beats, reply({ invitation: invitation("accepted") }));
  page.server.answers(beats, refusal(403, 499601));
  await presence.startHeartbeat();

  await page.clock.advance(30_000);

  expect(told).toEqual(["accepted", undefined]);
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
