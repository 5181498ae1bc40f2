import { expect } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, json, leaves, refusal, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";

/** Makes the heartbeats fail so often and tells how long was waited after each, in milliseconds. */
async function waitsAfter(page: FakePage, failures: number): Promise<number[]> {
  page.server.answers(beats, unreachable(), failures);
  const presence = room(page);
  const waits: number[] = [];
  presence.onStateChange(state => {
    if (state.status === "retrying")
      waits.push(state.nextHeartbeatAt!.getTime() - page.now());
  });
  void presence.startHeartbeat();
  await page.clock.advance(600_000);
  return waits;
}

rule(14, "heartbeat_serverUnreachable_isTriedAfterARandomPartOfEverMore", async () => {
  const page = new FakePage();
  page.chance = 0.75;

  expect(await waitsAfter(page, 7)).toEqual([750, 1500, 3000, 6000, 12_000, 22_500, 22_500]);
});

rule(14, "heartbeat_randomPartIsNothing_isTriedAtOnce", async () => {
  const page = new FakePage();
  page.chance = 0;

  expect(await waitsAfter(page, 3)).toEqual([0, 0, 0]);
});

rule(14, "heartbeat_shortInterval_isTriedAtLeastAsOften", async () => {
  const page = new FakePage();
  page.chance = 0.999;
  page.server.interval = page.server.next = 2;
  const presence = room(page);
  await presence.startHeartbeat();
  page.server.answers(beats, unreachable(), 50);

  await page.clock.advance(20_000);

  expect(page.server.of(beats).length).toBeGreaterThan(9);
});

rule(14, "heartbeat_acceptedAfterFailures_startsTheRowAnew", async () => {
  const page = new FakePage();
  const presence = room(page);
  page.server.answers(beats, unreachable(), 4);
  await Promise.all([presence.startHeartbeat(), page.clock.advance(60_000)]);
  page.server.answers(beats, unreachable());

  const due = presence.state.nextHeartbeatAt!.getTime() - page.now();
  await page.clock.advance(due);

  expect(presence.state.status).toBe("retrying");
  expect(presence.state.nextHeartbeatAt!.getTime() - page.now()).toBe(500);
});

rule(14, "heartbeat_noAnswerWithinTenSeconds_isGivenUp", async () => {
  const page = new FakePage();
  page.server.answers(beats, "never");
  const presence = room(page);
  void presence.startHeartbeat();

  await page.clock.advance(9_999);
  expect(presence.state.status).toBe("starting");
  await page.clock.advance(1);

  expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "unavailable", message: "No reply within 10 s." } });
  expect(page.server.requests[0]!.init.signal!.aborted).toBe(true);
});

for (const [what, answer] of [
  ["500 of the server", refusal(500, 500000)],
  ["503 while it restores", refusal(503, 499503)],
  ["a proxy's 404", new Response("<html>", { status: 404 })],
  ["a proxy's 403 in JSON", json(403, { error: "forbidden" })],
  ["a sign-in page", new Response("<html>", { status: 200 })],
  ["an acceptance without a pace", json(202, { success: true })],
] as const) {
  rule(14, `heartbeat_answeredBy${what.replace(/\W(\w)/g, (_, letter) => letter.toUpperCase())}_isTriedAgain`, async () => {
    const page = new FakePage();
    page.server.answers(beats, answer);
    const presence = room(page);
    const started = presence.startHeartbeat();
    await settle();
    expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "unavailable", isFinal: false } });

    await page.clock.advance(1000);

    await started;
    expect(presence.state).not.toHaveProperty("error");
    expect(presence.state.status).toBe("present");
  });
}

rule(15, "heartbeat_refusedWithRetryAfter_waitsThatAndTheRandomPart", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(429, 400311, { "Retry-After": "7" }));
  const presence = room(page);
  void presence.startHeartbeat();
  await settle();

  expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "limited", retryAfterSeconds: 7 } });
  await page.clock.advance(7_499);
  expect(page.server.of(beats)).toHaveLength(1);
  await page.clock.advance(1);
  expect(page.server.of(beats)).toHaveLength(2);
});

rule(15, "heartbeat_viewerHidesWhileItIsUnderWay_waitsAllTheSame", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();
  let answer!: (response: Response) => void;
  page.server.answers(beats, () => new Promise<Response>(resolve => answer = resolve));
  await page.clock.advance(30_000);
  page.setHidden(true);
  answer(refusal(429, 400311, { "Retry-After": "7" }));
  await settle();

  expect(page.server.of(beats)).toHaveLength(2);
  await page.clock.advance(7_000);
  expect(page.server.of(beats)).toHaveLength(2);
  await page.clock.advance(1_000);
  expect(page.server.of(beats).at(-1)!.body).toMatchObject({ state: "hidden" });
});

rule(15, "heartbeat_retryAfterIsADate_waitsForIt", async () => {
  const page = new FakePage();
  page.server.answers(beats, new Response("", { status: 503, headers: { "Retry-After": new Date(page.now() + 20_000).toUTCString() } }));
  const presence = room(page);
  void presence.startHeartbeat();
  await settle();

  expect(presence.state.error!.retryAfterSeconds).toBe(20);
});

rule(15, "heartbeat_retryAfterBeyondAnyTimer_isNotTriedAtOnce", async () => {
  const page = new FakePage();
  const asked: number[] = [];
  const { setTimer } = page;
  page.setTimer = (callback, milliseconds) => {
    asked.push(milliseconds);
    return setTimer(callback, milliseconds);
  };
  page.server.answers(beats, refusal(503, 499503, { "Retry-After": "1000000000" }));
  void room(page).startHeartbeat();
  await settle();

  expect(Math.max(...asked)).toBe(2 ** 31 - 1);
});

rule(16, "heartbeat_whileOffline_isTriedOnceAMinuteAtMost", async () => {
  const page = new FakePage();
  page.chance = 0;
  const presence = room(page);
  await presence.startHeartbeat();
  page.setOnline(false);
  page.server.answers(beats, unreachable(), 99);

  await page.clock.advance(28_080 + 240_000);

  expect(presence.state).toMatchObject({ status: "offline", error: { kind: "unavailable" } });
  expect(page.server.of(beats)).toHaveLength(1 + 1 + 4);
});

rule(16, "online_again_isPresentAtOnce", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();
  page.setOnline(false);
  page.server.answers(beats, unreachable());
  await page.clock.advance(30_000);
  expect(presence.state.status).toBe("offline");

  page.setOnline(true);
  await settle();

  expect(presence.state.status).toBe("present");
});

rule(16, "online_whilePresent_sendsNothingMore", async () => {
  const page = new FakePage();
  await room(page).startHeartbeat();

  page.setOnline(true);
  await settle();

  expect(page.server.of(beats)).toHaveLength(1);
});

rule(17, "heartbeat_whilePresenceIsOff_asksLessAndLessOftenAndComesBack", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(beats, refusal(403, 400300), 7);
  const presence = room(page);

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "disabled", code: 400300, isFinal: false });
  expect(presence.state).toMatchObject({ status: "disabled", error: { message: "code 400300" } });
  for (const [attempts, minutes] of [[2, 1], [3, 2], [4, 4], [5, 8], [6, 15], [7, 15]] as const) {
    await page.clock.advance(minutes * 60_000 - 1);
    expect(page.server.of(beats)).toHaveLength(attempts - 1);
    await page.clock.advance(1);
    expect(page.server.of(beats)).toHaveLength(attempts);
  }
  await page.clock.advance(900_000);

  expect(presence.state).not.toHaveProperty("error");
  expect(presence.state.status).toBe("present");
});

rule(17, "heartbeat_offOnceMore_beginsWithAMinuteAgain", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(beats, refusal(403, 400300), 3);
  const presence = room(page);
  void presence.startHeartbeat();
  await page.clock.advance(420_000);
  expect(presence.state.status).toBe("present");
  page.server.answers(beats, refusal(403, 400300));
  await page.clock.advance(30_000);

  expect(presence.state.nextHeartbeatAt!.getTime() - page.now()).toBeGreaterThan(50_000);
  expect(presence.state.nextHeartbeatAt!.getTime() - page.now()).toBeLessThanOrEqual(60_000);
});

rule(17, "resume_whilePresenceIsOff_asksAtOnceAndBeginsWithAMinuteAgain", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(beats, refusal(403, 400300), 5);
  const presence = room(page);
  void presence.startHeartbeat();
  await page.clock.advance(7 * 60_000);
  expect(page.server.of(beats)).toHaveLength(4);

  presence.resume();
  await settle();
  expect(page.server.of(beats)).toHaveLength(5);
  await page.clock.advance(60_000);

  expect(page.server.of(beats)).toHaveLength(6);
  expect(presence.state.status).toBe("present");
});

rule(17, "resume_ofOneThatFollows_asksTheOneThatSends", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(403, 400300));
  const [first, second] = [room(page), room(page)];
  void first.startHeartbeat();
  void second.startHeartbeat();
  await settle();

  second.resume();
  await settle();

  expect([first.state.status, second.state.status, page.server.of(beats).length]).toEqual(["present", "present", 2]);
});

rule(17, "resume_whilePresent_sendsNothing", async () => {
  const page = new FakePage();
  const presence = room(page);
  presence.resume();
  await presence.startHeartbeat();

  presence.resume();
  await settle();

  expect(page.server.of(beats)).toHaveLength(1);
});

rule(17, "heartbeat_whilePresenceIsOff_asksUpToATenthEarly", async () => {
  const page = new FakePage();
  page.chance = 0.999;
  page.server.answers(beats, refusal(403, 400300));
  const presence = room(page);
  void presence.startHeartbeat();
  await settle();

  expect(presence.state.nextHeartbeatAt!.getTime() - page.now()).toBeCloseTo(54_006, -1);
});

rule(17, "stopHeartbeat_whilePresenceIsOff_hasNothingToLeave", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(403, 400300));
  const presence = room(page);
  void presence.startHeartbeat();
  await settle();

  await presence.stopHeartbeat();

  expect(page.server.of(leaves)).toHaveLength(0);
});

for (const [status, code, kind] of [[403, 499601, "removed"], [403, 400312, "banned"], [409, 499603, "ended"]] as const) {
  rule(18, `heartbeat_${kind}_stopsWithATypedErrorAndBeginsAgainWhenTold`, async () => {
    const page = new FakePage();
    const presence = room(page);
    await presence.startHeartbeat();
    page.server.answers(beats, refusal(status, code, {}, kind === "ended" ? undefined : { until: "2026-11-22T20:00:00.000Z", reason: "spam" }));

    await page.clock.advance(3_600_000);

    expect(page.server.of(beats)).toHaveLength(2);
    expect(presence.state).toMatchObject({ status: "refused", error: { kind, code, status, isFinal: true } });
    expect([presence.state.error!.until, presence.state.error!.reason]).toEqual(kind === "ended" ? [undefined, undefined] : [new Date("2026-11-22T20:00:00.000Z"), "spam"]);
    expect(page.clock.timers).toBe(0);

    await presence.startHeartbeat();
    expect(presence.state.status).toBe("present");
  });
}

for (const [status, code] of [[422, 400000], [403, 400301], [404, 400400], [415, 499415]] as const) {
  rule(19, `heartbeat_refusedWith${code}_stops`, async () => {
    const page = new FakePage();
    page.server.answers(beats, refusal(status, code));
    const presence = room(page);

    await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "refused", code, message: `code ${code}` });
    await page.clock.advance(3_600_000);

    expect(presence.state.status).toBe("refused");
    expect(page.server.of(beats)).toHaveLength(1);
    expect(page.server.of(leaves)).toHaveLength(0);
  });
}
