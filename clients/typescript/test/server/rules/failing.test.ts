import { expect } from "vitest";
import { beats, counts, leaves } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { eventually } from "../eventually.js";
import { insteadOf, lostAfter, lostBefore } from "./troubles.js";
import { dueIn, presenceOn, server, visit, type Visit } from "./visit.js";

const html = { "Content-Type": "text/html" };
const whole = 3_600_000;

/** How long is waited until the next attempt, in milliseconds. */
const waits = ({ page, presence }: Visit) => presence.state.nextHeartbeatAt!.getTime() - page.now();

for (const [what, trouble, seen] of [
  ["isLostOnItsWay", lostBefore, 0],
  ["isTakenButItsAnswerIsLost", lostAfter, 1],
  ["meetsAProxysError", insteadOf(503, "<html>", html), 0],
  ["meetsAProxysRefusal", insteadOf(403, '{"error":"forbidden"}'), 0],
  ["meetsASignInPage", insteadOf(200, "<html>", html), 0],
  ["isAcceptedWithoutAPace", insteadOf(202, '{"success":true}'), 0],
] as const) {
  rule(14, `heartbeat_${what}_isTriedAgain`, async () => {
    const { page, presence, roomId } = await visit();
    page.network.meets(beats, trouble);
    const started = presence.startHeartbeat();
    await page.quiet();
    expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "unavailable", isFinal: false } });
    expect(await server.count(roomId)).toMatchObject({ count: seen });

    await page.advance(1_000);

    await started;
    expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
  });
}

rule(14, "heartbeat_lostAgainAndAgain_isTriedAfterARandomPartOfEverMoreUntilItIsTaken", async () => {
  const seen = await visit();
  const { page, presence, roomId } = seen;
  page.chance = 0.75;
  page.network.meets(beats, lostBefore, 7);
  const waited: number[] = [];
  presence.onStateChange(state => state.status === "retrying" && waited.push(waits(seen)));
  await Promise.all([presence.startHeartbeat(), page.advance(90_000)]);
  expect(waited).toEqual([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500]);
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });

  page.network.meets(beats, lostBefore);
  await eventually(async () => {
    await page.advance(waits(seen) + 1);
    expect(waited).toHaveLength(8);
  });

  expect(waited[7]).toBe(750);
});

rule(14, "heartbeat_shortInterval_isTriedAtLeastAsOften", async () => {
  const { page, presence, roomId } = await visit({}, { heartbeatIntervalSeconds: 2, presenceTimeoutSeconds: 900 });
  page.chance = 0.999;
  await presence.startHeartbeat();
  page.network.meets(beats, lostBefore, 9);

  await page.advance(20_000);

  expect(page.network.of(beats).length).toBeGreaterThan(10);
  expect(page.network.of(beats)[10]!.answer!.status).toBe(202);
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(14, "heartbeat_noAnswerWithinTenSeconds_isGivenUp", async () => {
  const { page, presence, roomId } = await visit();
  page.network.holdsAnswer(beats);
  void presence.startHeartbeat();

  await page.advance(9_999);
  expect(presence.state.status).toBe("starting");
  await page.advance(1);
  expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "unavailable" } });
  await page.advance(1_000);

  expect(presence.state.status).toBe("present");
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(15, "heartbeat_tooManyOfASession_waitsAsTheServerSaysAndARandomPart", async () => {
  const seen = await visit({ sessionId: "flooded" });
  const { page, presence, roomId, token } = seen;
  await presence.startHeartbeat();
  page.network.meets(beats, async pass => {
    for (;;) {
      await page.network.during(Promise.all(Array.from({ length: 30 }, () => server.beat(token, roomId, "flooded"))));
      const answer = await pass();
      if (answer.status === 429)
        return answer;
    }
  });

  await page.advance(dueIn(presence));

  const { retryAfterSeconds } = presence.state.error!;
  expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "limited", code: 400311 } });
  expect(retryAfterSeconds).toBeGreaterThan(0);
  const tried = page.network.of(beats).length;
  await page.advanceJustBefore(waits(seen));
  expect(page.network.of(beats)).toHaveLength(tried);
  await eventually(async () => {
    await page.advance(5_000);
    expect(presence.state.status).toBe("present"); // the server's own time has to pass as well
  });
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

for (const [what, after] of [["seconds", () => "20"], ["aDate", (now: number) => new Date(now + 20_500).toUTCString()]] as const) {
  rule(15, `heartbeat_retryAfterIn_${what}_isWaitedForInFull`, async () => {
    const seen = await visit();
    const { page, presence, roomId } = seen;
    page.network.meets(beats, async () => new Response("", { status: 503, headers: { "Retry-After": after(page.now()) } }));
    void presence.startHeartbeat();
    await page.quiet();

    expect(waits(seen)).toBeGreaterThanOrEqual(20_000);
    await page.advanceJustBefore(waits(seen));
    expect(await server.count(roomId)).toMatchObject({ count: 0 });
    await page.advance(1);

    expect(await server.count(roomId)).toMatchObject({ count: 1 });
  });
}

rule(16, "heartbeat_whileOffline_isTriedOnceAMinuteAndAtOnceWithTheNetwork", async () => {
  const { page, presence, roomId } = await visit();
  await presence.startHeartbeat();
  const before = await server.lastHeartbeatAt(roomId);
  page.setOnline(false);
  page.network.meets(beats, lostBefore, Infinity);
  await page.advance(30_000);
  expect(presence.state).toMatchObject({ status: "offline", error: { kind: "unavailable" } });
  await page.advance(240_000);
  expect(page.network.of(beats)).toHaveLength(2 + 4);
  expect(await server.lastHeartbeatAt(roomId)).toBe(before);

  page.network.heal();
  page.setOnline(true);
  await page.quiet();

  expect(presence.state.status).toBe("present");
  expect(await server.lastHeartbeatAt(roomId)).not.toBe(before);
});

rule(17, "presence_switchedOffForTheNetwork_isAskedForLessAndLessOftenUntilItIsBack", async () => {
  const seen = await visit();
  const { page, presence, roomId } = seen;
  await presence.startHeartbeat();
  page.chance = 0;
  const expectAttemptAfter = async (minutes: number) => {
    const tried = page.network.of(beats).length;
    expect(waits(seen)).toBe(minutes * 60_000);
    await page.advanceJustBefore(minutes * 60_000);
    expect(page.network.of(beats)).toHaveLength(tried);
    await page.advance(1);
    expect(page.network.of(beats)).toHaveLength(tried + 1);
  };

  await server.withSettings({ enabled: false }, async () => {
    await page.advance(dueIn(presence));
    expect(presence.state).toMatchObject({ status: "disabled", error: { kind: "disabled", code: 400300, isFinal: false } });
    await expectAttemptAfter(1);
    await expectAttemptAfter(2);
    await expectAttemptAfter(4);
    expect(presence.state.status).toBe("disabled");
  });
  expect(await server.count(roomId)).toMatchObject({ count: 0 }); // everybody left when it was switched off
  expect(waits(seen)).toBe(8 * 60_000);
  presence.resume(); // the app has heard of it
  await page.quiet();

  expect(presence.state.status).toBe("present");
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(17, "presence_switchedOffInTheRoom_asksUpToATenthEarlyAndHasNothingToLeave", async () => {
  const seen = await visit({}, { enabled: false });
  const { page, presence } = seen;
  page.chance = 0.999;

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "disabled", code: 400300 });

  expect(waits(seen)).toBeCloseTo(54_006, -1);
  await presence.stopHeartbeat();
  expect(page.network.of(leaves)).toEqual([]);
});

for (const [kind, refuse, allow] of [
  ["removed", ({ roomId, userId }: Visit) => server.remove(roomId, userId, "spam"), ({ roomId, userId }: Visit) => server.readmit(roomId, userId)],
  ["banned", ({ userId }: Visit) => server.ban(userId, "spam"), ({ userId }: Visit) => server.unban(userId)],
  ["ended", ({ roomId }: Visit) => server.define(roomId, { status: "ended" }), ({ roomId }: Visit) => server.define(roomId, { status: "live" })],
] as const) {
  rule(18, `viewer_${kind}WhilePresent_stopsAndBeginsAgainOnlyWhenToldTo`, async () => {
    const seen = await visit();
    const { page, presence, roomId } = seen;
    await presence.startHeartbeat();

    await refuse(seen);
    expect(await server.count(roomId)).toMatchObject({ count: 0 });
    await page.advance(30_000);

    const { error } = presence.state;
    expect(presence.state).toMatchObject({ status: "refused", error: { kind, isFinal: true } });
    expect(error!.reason).toBe(kind === "ended" ? undefined : "spam");
    expect((error!.until?.getTime() ?? Infinity) > Date.now()).toBe(true);
    expect(error!.until === undefined).toBe(kind === "ended");
    const asked = page.network.requests.length;
    await allow(seen);
    await page.advance(whole);
    expect(page.network.requests).toHaveLength(asked);
    expect(page.clock.timers).toBe(0);

    await presence.startHeartbeat();
    expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
  });
}

rule(19, "heartbeat_againstARule_stops", async () => {
  const { page, presence, roomId } = await visit({ sessionId: "s".repeat(151) });

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "refused", status: 422, code: 400000, message: expect.stringContaining("sessionId") });
  await page.advance(whole);

  expect(page.network.requests).toHaveLength(1);
  expect(presence.state.status).toBe("refused");
  expect(await server.count(roomId)).toMatchObject({ count: 0 });
});

rule(19, "heartbeat_inARoomTheTokenIsNotFor_stops", async () => {
  const { page, roomId, userId } = await visit();
  const token = server.tokenOf(userId, { exp: Math.floor(Date.now() / 1000) + 3_600, rooms: [`${roomId}-other`] });
  const presence = presenceOn(page, { roomId, token });

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "refused", status: 403, code: 400301 });
  await page.advance(whole);

  expect(page.network.requests).toHaveLength(1);
  expect(page.network.of(counts)).toEqual([]);
  expect(await server.count(roomId)).toMatchObject({ count: 0 });
});
