import { expect } from "vitest";
import { StagePresence } from "../../../src/stage.js";
import { rule } from "../../support/rule.js";
import { eventually } from "../eventually.js";
import { newPage, server, visit } from "./visit.js";
import { watching } from "./watching.js";

async function stage() {
  const { roomId, userId, token } = await visit();
  const page = newPage();
  const presence = new StagePresence({ baseUrl: server.url, environment: page, roomId, token });
  const told: (string | undefined)[] = [];
  presence.onInvitation(invitation => void told.push(invitation?.status));
  await presence.startHeartbeat();
  const beat = () => page.clock.advance(Math.ceil(presence.state.receipt!.nextHeartbeatInSeconds * 1000));
  return { roomId, userId, presence, told, beat };
}

rule(38, "accept_invitationOfAHost_isHeardWithTheNextHeartbeatAndSeenByTheHost", async () => {
  const { roomId, userId, presence, told, beat } = await stage();
  await server.invite(roomId, userId);
  await beat();
  await eventually(() => expect(told).toEqual(["pending"]));

  await presence.accept();
  expect(await server.invitations(roomId)).toEqual([{ userId, status: "accepted" }]);
  await presence.stopHeartbeat();

  expect(told).toEqual(["pending", "accepted", undefined]);
  expect(await server.invitations(roomId)).toEqual([{ userId, status: "cancelled" }]); // who leaves is off the stage
});

rule(38, "onInvitation_whileTheCountIsWatched_isHeardAtOnce", async () => {
  const { roomId, userId, presence, told } = await stage();
  const { until, end } = watching(presence);
  await until(1);

  await server.invite(roomId, userId);
  await eventually(() => expect(told).toEqual(["pending"])); // on a clock that stands still: no heartbeat is due

  await server.cancelInvitation(roomId, userId);
  await eventually(() => expect(told).toEqual(["pending", undefined]));
  end();
});

rule(39, "raiseHand_andLower_areSeenByTheHost", async () => {
  const { roomId, presence } = await stage();

  presence.raiseHand();
  await eventually(async () => expect(await server.count(roomId)).toMatchObject({ sessions: 1, handsRaised: 1 }));
  expect(presence.handRaised).toBe(true);

  presence.lowerHand();
  await eventually(async () => expect(await server.count(roomId)).not.toHaveProperty("handsRaised"));
});
