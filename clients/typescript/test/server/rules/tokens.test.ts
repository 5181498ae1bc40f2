import { expect, vi } from "vitest";
import { beats, counts } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { eventually } from "../eventually.js";
import { beacons } from "./troubles.js";
import { newPage, patient, presenceOn, server, visit } from "./visit.js";

const hour = 3_600_000;

/** A viewer whose tokens come one after the other from where an app's would, the backend of the test's making. */
async function visitWithTokens(next: (userId: string, made: number, now: number) => Promise<string> | string, overrides: object = patient) {
  const { roomId, userId } = await visit({}, overrides);
  const page = newPage();
  const tokens: string[] = [];
  const getToken = vi.fn(() => page.network.during((async () => {
    tokens.push(await next(userId, tokens.length, page.now()));
    return tokens.at(-1)!;
  })()));
  return { page, roomId, userId, tokens, getToken, presence: presenceOn(page, { roomId, getToken }) };
}

const loggedIn = (userId: string) => server.logIn(userId);

/** Tokens that live so long by the page's clock, as an app's backend signs them. */
const living = (seconds: number) => (userId: string, made: number, now: number) =>
  server.tokenOf(userId, { exp: Math.floor(now / 1000) + seconds, jti: `${made}` });

rule(20, "token_revokedWhilePresent_isReplacedAndTheSameRequestSentAgain", async () => {
  const { page, presence, roomId, tokens } = await visitWithTokens(loggedIn);
  await presence.startHeartbeat();
  await server.revoke(tokens[0]!);

  await page.advance(30_000);

  const [, refused, taken] = page.network.of(beats);
  expect([refused!, taken!].map(({ at, token, answer }) => ({ at, token, status: answer!.status }))).toEqual([
    { at: refused!.at, token: tokens[0], status: 401 },
    { at: refused!.at, token: tokens[1], status: 202 },
  ]);
  expect(taken!.body).toBe(refused!.body);
  expect(presence.state.status).toBe("present");
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(20, "token_expired_isReplaced", async () => {
  const longAgo = Math.floor(Date.now() / 1000) - 600;
  const { page, presence, roomId } = await visitWithTokens((userId, made) => made ? server.logIn(userId) : server.tokenOf(userId, { exp: longAgo }));

  await presence.startHeartbeat();

  expect(page.network.of(beats).map(beat => beat.answer!.status)).toEqual([401, 202]);
  expect(await server.count(roomId)).toMatchObject({ count: 1 });
});

rule(20, "token_everyOneRefused_stopsAfterTheSecond", async () => {
  const { page, presence, roomId } = await visitWithTokens(async userId => {
    const token = await server.logIn(userId);
    await server.revoke(token);
    return token;
  });

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "unauthorized", code: 400100 });
  await page.advance(hour);

  expect(page.network.requests.map(request => request.answer!.status)).toEqual([401, 401]);
  expect(presence.state.status).toBe("refused");
  expect(await server.count(roomId)).toMatchObject({ count: 0 });
});

rule(20, "token_refusedAndNowhereToAsk_stops", async () => {
  const { page, presence, roomId, token } = await visit();
  await presence.startHeartbeat();
  await server.revoke(token);

  await page.advance(hour);

  expect(presence.state).toMatchObject({ status: "refused", error: { kind: "unauthorized" } });
  expect(page.network.of(beats)).toHaveLength(2);
  expect(await server.count(roomId)).toMatchObject({ count: 1 }); // until its timeout: nobody may end the session with such a token
});

rule(20, "requests_refusedAtOnce_shareTheNewToken", async () => {
  const { page, presence, tokens, getToken } = await visitWithTokens(loggedIn);
  await presence.startHeartbeat();
  await server.revoke(tokens[0]!);

  const refusals = [1, 2, 3].map(() => page.network.holdsAnswer(counts));
  const reads = refusals.map(() => presence.getRoomUserCount());
  await page.quiet();
  for (const refusal of refusals)
    refusal.release();

  expect(await Promise.all(reads)).toEqual([1, 1, 1]);
  expect(getToken).toHaveBeenCalledTimes(2);
  expect(page.network.of(counts)).toHaveLength(6);
});

rule(21, "token_at80PercentOfItsLife_isRenewedBesideTheHeartbeat", async () => {
  const { page, presence, roomId, tokens, getToken } = await visitWithTokens(living(100), { heartbeatIntervalSeconds: 10, presenceTimeoutSeconds: 900 });
  await presence.startHeartbeat();
  await page.advance(79_000);
  expect(getToken).toHaveBeenCalledTimes(1);

  await page.advance(22_000);

  expect(getToken).toHaveBeenCalledTimes(2);
  const sent = page.network.of(beats);
  expect(new Set(sent.map(beat => beat.token))).toEqual(new Set(tokens));
  const before = sent.filter(beat => beat.token === tokens[0]).at(-1)!;
  expect(before.at).toBeGreaterThanOrEqual(79_000); // the heartbeat that noticed did not wait for the other
  expect(sent.every(beat => beat.answer!.status === 202)).toBe(true);
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(21, "token_overAfterSleep_isReplacedBeforeUse", async () => {
  const { page, presence, tokens } = await visitWithTokens(living(100));
  await presence.startHeartbeat();
  await page.quiet();

  page.clock.sleep(1_000_000);
  await page.advance(5_000);

  expect(page.network.of(beats).map(beat => [beat.token, beat.answer!.status])).toEqual([[tokens[0], 202], [tokens[1], 202]]);
});

rule(21, "token_overWhenItIsNew_isLeftToTheServer", async () => {
  const { page, presence, roomId, getToken } = await visitWithTokens((userId, made) => living(600)(userId, made, Date.now()));
  page.clock.sleep(86_400_000); // this device's clock is a day ahead

  await presence.startHeartbeat();
  await page.advance(300_000);

  expect(getToken).toHaveBeenCalledTimes(1);
  expect(page.network.of(beats).length).toBeGreaterThan(9);
  expect(page.network.of(beats).every(beat => beat.answer!.status === 202)).toBe(true);
  expect(await server.count(roomId)).toMatchObject({ count: 1, sessions: 1 });
});

rule(22, "getToken_fails_isAFailedAttempt", async () => {
  const { page, presence, roomId, getToken } = await visitWithTokens(loggedIn);
  getToken.mockImplementationOnce(() => Promise.reject(new Error("the backend is down")));
  const started = presence.startHeartbeat();
  await page.quiet();
  expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "unavailable" } });
  expect(page.network.requests).toEqual([]);

  await page.advance(1_000);

  await started;
  expect(await server.count(roomId)).toMatchObject({ count: 1 });
});

rule(23, "token_ofRequestsOfEveryKind_standsInTheHeaderOrABeaconsBodyAlone", async () => {
  const { page, presence, roomId, token } = await visit();
  const told: number[] = [];
  await presence.startHeartbeat();
  presence.watchCount(count => told.push(count));
  await eventually(() => expect(told).toEqual([1]));
  await presence.getRoomUserCount();
  await presence.getRoomOnlineUsers();
  page.tell("pagehide");
  await page.quiet();
  await presence.stopHeartbeat();
  await presence.startHeartbeat();
  await presence.stopHeartbeat();

  const requests = page.network.requests;
  expect(requests.map(({ method, path, answer }) => `${method} ${path.split(roomId)[1]!.split("?")[0]} ${answer?.status}`)).toEqual([
    "POST /heartbeat 202", "GET /stream 200", "GET /users/count 200", "GET /users 200", "POST /leave 204", "POST /heartbeat 202", "DELETE /heartbeat 204",
  ]);
  for (const request of requests) {
    const isBeacon = beacons(request);
    expect(request.token).toBe(isBeacon ? "" : token);
    expect(request.body.includes(token)).toBe(isBeacon);
    expect(request.path).not.toContain(token.slice(0, 20));
    expect(request.headers.has("cookie")).toBe(false);
    expect(request.init.credentials).toBe(isBeacon ? undefined : "omit");
  }
});
