import { expect, vi } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, counts, refusal } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room, tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";

/** Answers tokens of anna that live so long, each another one. */
function tokensLiving(page: FakePage, seconds: number) {
  let made = 0;
  return vi.fn(() => tokenOf("anna", { jti: ++made, exp: page.now() / 1000 + seconds }));
}

rule(20, "heartbeat_tokenRefused_isSentAgainWithAnotherOnce", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(401, 400100));
  const getToken = tokensLiving(page, 3600);
  const presence = room(page, { getToken });

  await presence.startHeartbeat();

  expect(getToken).toHaveBeenCalledTimes(2);
  const [refused, taken] = page.server.of(beats);
  expect(taken!.body).toEqual(refused!.body);
  expect(taken!.token).not.toBe(refused!.token);
});

rule(20, "heartbeat_everyTokenRefused_stops", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(401, 400100), 99);
  const getToken = tokensLiving(page, 3600);
  const presence = room(page, { getToken });

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "unauthorized" });
  await page.clock.advance(3_600_000);

  expect(page.server.of(beats)).toHaveLength(2);
  expect(getToken).toHaveBeenCalledTimes(2);
});

rule(20, "heartbeat_tokenRefusedAndNowhereToAsk_stops", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(401, 400100), 99);
  const presence = room(page);

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "unauthorized" });

  expect(page.server.of(beats)).toHaveLength(1);
});

rule(20, "heartbeat_sameTokenGivenAgain_isNotSentTwice", async () => {
  const page = new FakePage();
  page.server.answers(beats, refusal(401, 400100), 99);
  const presence = room(page, { getToken: () => tokenOf("anna") });

  await expect(presence.startHeartbeat()).rejects.toMatchObject({ kind: "unauthorized" });

  expect(page.server.of(beats)).toHaveLength(1);
});

rule(20, "requests_refusedAtOnce_shareTheNewToken", async () => {
  const page = new FakePage();
  const getToken = tokensLiving(page, 3600);
  const presence = room(page, { getToken });
  await presence.startHeartbeat();
  page.server.answers(request => request.method === "GET", refusal(401, 400100), 2);

  await Promise.all([presence.getRoomUserCount(), presence.getRoomUserCount()]);

  expect(getToken).toHaveBeenCalledTimes(2);
});

rule(20, "request_refusedAfterAnotherRenewed_takesTheNewToken", async () => {
  const page = new FakePage();
  const getToken = tokensLiving(page, 3600);
  const presence = room(page, { getToken });
  await presence.startHeartbeat();
  let refuse!: () => void;
  const late = new Promise<void>(resolve => void (refuse = resolve));
  page.server.answers(counts, async () => {
    await late;
    return refusal(401, 400100);
  });
  page.server.answers(counts, refusal(401, 400100));
  const first = presence.getRoomUserCount();
  await presence.getRoomUserCount();

  refuse();
  await first;

  expect(getToken).toHaveBeenCalledTimes(2);
});

rule(21, "token_at80PercentOfItsLife_isRenewedBesideTheHeartbeat", async () => {
  const page = new FakePage();
  page.server.next = page.server.interval = 10;
  const getToken = tokensLiving(page, 100);
  await room(page, { getToken }).startHeartbeat();

  await page.clock.advance(79_000);
  expect(getToken).toHaveBeenCalledTimes(1);
  getToken.mockImplementationOnce(() => new Promise<string>(() => {}) as never); // so slow that it never comes
  await page.clock.advance(1_000);

  expect(getToken).toHaveBeenCalledTimes(2);
  expect(page.server.of(beats)).toHaveLength(9); // not delayed
  await page.clock.advance(20_000);
  expect(getToken).toHaveBeenCalledTimes(3); // the attempt before was given up
  expect(page.server.of(beats).at(-1)!.token).not.toBe(page.server.of(beats)[0]!.token);
});

rule(21, "token_overAfterSleep_isReplacedBeforeUse", async () => {
  const page = new FakePage();
  const getToken = tokensLiving(page, 100);
  await room(page, { getToken }).startHeartbeat();
  let give!: () => void;
  getToken.mockImplementationOnce(() => new Promise<string>(resolve => void (give = () => resolve(tokenOf("anna", { jti: "late" })))) as never);
  await settle();

  page.clock.sleep(1_000_000);
  await page.clock.advance(5_000);
  expect(page.server.of(beats)).toHaveLength(1);
  give();
  await settle();

  expect(page.server.of(beats)[1]!.token).not.toBe(page.server.of(beats)[0]!.token);
});

rule(21, "token_overWhenItIsNew_isUsedAllTheSame", async () => {
  const page = new FakePage();
  const getToken = tokensLiving(page, -86_400); // this device's clock is a day ahead
  await room(page, { getToken }).startHeartbeat();

  await page.clock.advance(600_000);

  expect(getToken).toHaveBeenCalledTimes(1);
  expect(page.server.of(beats).length).toBeGreaterThan(20);
});

rule(21, "token_withoutAReadablePayload_isUsedAsItIs", async () => {
  const page = new FakePage();

  await room(page, { token: "opaque" }).startHeartbeat();

  expect(page.server.of(beats)[0]!.token).toBe("opaque");
});

rule(22, "getToken_fails_isAFailedAttempt", async () => {
  const page = new FakePage();
  const getToken = tokensLiving(page, 3600);
  const cause = new Error("backend down");
  getToken.mockImplementationOnce(() => {
    throw cause;
  });
  const presence = room(page, { getToken });
  const started = presence.startHeartbeat();
  await settle();
  expect(presence.state).toMatchObject({ status: "retrying", error: { kind: "unavailable", cause } });

  await page.clock.advance(1_000);

  await started;
  expect(page.server.of(beats)).toHaveLength(1);
});

rule(22, "getToken_answersNothing_stops", async () => {
  const page = new FakePage();

  await expect(room(page, { getToken: () => "" }).startHeartbeat()).rejects.toMatchObject({ kind: "unauthorized", message: "getToken returned no token." });
});

rule(22, "startHeartbeat_withoutTokenAndGetToken_saysWhatIsMissing", async () => {
  const page = new FakePage();

  await expect(room(page, { token: "" }).startHeartbeat()).rejects.toThrow("Set token or getToken");
});

rule(23, "requests_ofEveryKind_carryTheTokenInTheHeaderAloneAndNoCookies", async () => {
  const page = new FakePage();
  const presence = room(page);
  await presence.startHeartbeat();
  presence.watchCount(() => {});
  await presence.getRoomUserCount();
  await presence.getRoomUserCount();
  await presence.stopHeartbeat();

  expect(page.server.requests.length).toBeGreaterThan(4);
  for (const request of page.server.requests) {
    expect(request.token).toBe(tokenOf("anna"));
    expect(request.path).not.toContain(tokenOf("anna").slice(0, 10));
    expect(request.init.credentials).toBe("omit");
  }
});
