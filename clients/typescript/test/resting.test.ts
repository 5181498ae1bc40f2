import { expect } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { counts, refusal, streams } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";
import { another, watched } from "./support/watched.js";

rule(29, "watchCount_whileHidden_rests", async () => {
  const page = new FakePage();
  const { told, stream } = await watched(page);
  stream.event("snapshot", 2);
  await settle();

  page.setHidden(true);
  await page.clock.advance(600_000);
  expect(stream.isCancelled).toBe(true);
  expect(page.server.of(streams)).toHaveLength(1);
  const next = another(page);
  page.setHidden(false);
  await settle();
  next.event("snapshot", 7);
  await settle();

  expect(told).toEqual([2, 7]);
});

rule(29, "watchCount_hiddenBeforeTheFirstEvent_goesBackToTheStream", async () => {
  const page = new FakePage();
  await watched(page);
  const next = another(page);

  page.setHidden(true);
  await settle();
  page.setHidden(false);
  await settle();

  expect(page.server.requests.map(request => request.path.split("/lobby/")[1])).toEqual(["stream", "stream"]);
  expect(next.isCancelled).toBe(false);
});

rule(29, "watchCount_askingWhileHidden_rests", async () => {
  const page = new FakePage();
  page.streams = false;
  await watched(page);

  page.setHidden(true);
  await page.clock.advance(600_000);
  expect(page.server.of(counts)).toHaveLength(1);
  page.setHidden(false);
  await settle();

  expect(page.server.of(counts)).toHaveLength(2);
});

rule(30, "watchCount_whilePresenceIsOff_asksLessAndLessOften", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(streams, refusal(403, 400300), 3);
  const { told, errors, stream } = await watched(page);

  await page.clock.advance(7 * 60_000 - 1);
  expect(page.server.of(streams)).toHaveLength(3);
  await page.clock.advance(1);
  stream.event("snapshot", 1);
  await settle();

  expect(errors.map(error => error.kind)).toEqual(["disabled", "disabled", "disabled"]);
  expect(page.server.of(streams)).toHaveLength(4);
  expect(told).toEqual([1]);
});

rule(30, "resume_whilePresenceIsOff_watchesAtOnce", async () => {
  const page = new FakePage();
  page.server.answers(streams, refusal(403, 400300));
  const { told, stream, presence } = await watched(page);

  presence.resume();
  await settle();
  stream.event("snapshot", 4);
  await settle();

  expect(told).toEqual([4]);
});

rule(32, "watchCount_noAnswerToTheStream_closesIt", async () => {
  const page = new FakePage();
  page.server.answersFirst(streams, "never");
  room(page).watchCount(() => {});
  await settle();
  const [opened] = page.server.of(streams);

  await page.clock.advance(10_000);

  expect(opened!.init.signal!.aborted).toBe(true);
});

for (const [status, code, kind] of [[403, 499601, "removed"], [403, 400312, "banned"], [403, 400301, "refused"], [401, 400100, "unauthorized"]] as const) {
  rule(30, `watchCount_${code}_ends`, async () => {
    const page = new FakePage();
    page.server.answers(streams, refusal(status, code));
    const { errors, presence, stream } = await watched(page);

    await page.clock.advance(600_000);
    expect(errors).toMatchObject([{ kind, isFinal: true }]);
    expect(page.server.requests).toHaveLength(1);

    const told: number[] = [];
    presence.watchCount(count => told.push(count));
    await settle();
    stream.event("snapshot", 9);
    await settle();
    expect(told).toEqual([9]);
  });
}
