import { expect, test } from "vitest";
import type { PresenceEnvironment, PresenceError } from "../src/presence.js";
import { pageEnvironment } from "../src/pageEnvironment.js";
import { FakePage } from "./support/FakePage.js";
import { counts, refusal, streams, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";
import { room, tokenOf } from "./support/room.js";
import { rule } from "./support/rule.js";
import { another } from "./support/watched.js";

/** Watches rooms of a page, each by an instance of its own. */
function watch(page: FakePage, roomIds: readonly string[], token = tokenOf("anna")) {
  const told: [string, number][] = [];
  const errors: [string, PresenceError["kind"]][] = [];
  const ends = roomIds.map(roomId => room(page, { roomId, token }).watchCount(count => told.push([roomId, count]), { onError: ({ kind }) => errors.push([roomId, kind]) }));
  return { told, errors, ends };
}

const roomsOf = (path: string) => new URL(path, "https://presence.test").searchParams.getAll("rooms[]");
const many = (count: number) => Array.from({ length: count }, (_, index) => `room ${index}`);

rule(35, "watchCount_ofSeveralRooms_sharesOneStream", async () => {
  const page = new FakePage();
  const stream = another(page);
  const { told, ends } = watch(page, ["stage", "lobby", "a,b", "lobby"]);
  await settle();

  expect(page.server.of(streams).map(request => request.path)).toEqual(["/api/v1/presence/stream?rooms[]=a%2Cb&rooms[]=lobby&rooms[]=stage"]);
  stream.eventOf("stage", "snapshot", 4);
  stream.eventOf("lobby", "snapshot", 1);
  stream.send("event: gap\ndata: {\"roomId\":\"lobby\"}\n\n");
  stream.eventOf("lobby", "count", 2);
  await settle();
  expect(told).toEqual([["stage", 4], ["lobby", 1], ["lobby", 1], ["lobby", 2], ["lobby", 2]]);

  for (const end of ends)
    end();
  await settle();
  expect(stream.isCancelled).toBe(true);
  expect(page.clock.timers).toBe(0);
});

rule(35, "watchCount_ofARoomThatComesLater_opensTheStreamAnewOnceForAllOfThem", async () => {
  const page = new FakePage();
  const first = another(page);
  const { told } = watch(page, ["lobby"]);
  await settle();
  first.event("snapshot", 1);
  await settle();
  const second = another(page);

  const later = watch(page, ["stage", "hall"]);
  await page.clock.advance(100);
  const last = watch(page, ["attic"]);
  await page.clock.advance(149);
  expect([page.server.of(streams).length, first.isCancelled]).toEqual([1, false]);
  await page.clock.advance(1);
  for (const roomId of ["lobby", "stage", "hall", "attic"])
    second.eventOf(roomId, "snapshot", 7);
  await settle();

  expect(first.isCancelled).toBe(true);
  expect(page.server.of(streams).map(request => roomsOf(request.path))).toEqual([[], ["attic", "hall", "lobby", "stage"]]);
  expect([told, later.told, last.told]).toEqual([[["lobby", 1], ["lobby", 7]], [["stage", 7], ["hall", 7]], [["attic", 7]]]);
});

rule(35, "watchCount_ofARoomThatIsStreamedAlready_hearsItsCountAtOnce", async () => {
  const page = new FakePage();
  const stream = another(page);
  watch(page, ["lobby"]);
  await settle();
  stream.event("snapshot", 5);
  await settle();

  const { told } = watch(page, ["lobby"]);
  await page.clock.advance(1_000);

  expect(told).toEqual([["lobby", 5]]);
  expect(page.server.of(streams)).toHaveLength(1);
});

rule(35, "watchCount_ofMoreRoomsThanAStreamTakes_asksForTheRest", async () => {
  const page = new FakePage();
  const stream = another(page);
  const { told } = watch(page, many(60));
  await settle();

  expect(page.server.of(streams).map(request => roomsOf(request.path).length)).toEqual([50]);
  expect(page.server.of(counts)).toHaveLength(10);
  for (const roomId of many(50))
    stream.eventOf(roomId, "snapshot", 3);
  await settle();
  expect(told.map(([roomId, count]) => `${roomId} ${count}`).sort()).toEqual(many(60).map(roomId => `${roomId} 3`).sort());
});

rule(35, "watchCount_roomTheStreamsTokenMayNotRead_isAskedForAndTheOthersGoOn", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(streams, refusal(403, 400301, {}, { roomIds: ["stage"] }));
  const stream = another(page);
  const { told, errors } = watch(page, ["lobby", "stage", "hall"]);
  await settle();

  stream.eventOf("lobby", "snapshot", 8);
  await settle();

  expect(page.server.of(streams).map(request => roomsOf(request.path))).toEqual([["hall", "lobby", "stage"], ["hall", "lobby"]]);
  expect([told, errors]).toEqual([[["stage", 3], ["lobby", 8]], []]);
});

rule(35, "watchCount_roomThatIsRefusedAlone_endsAndTheOthersGoOn", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(streams, refusal(403, 499601, {}, { roomIds: ["stage"], reason: "spam" }));
  page.server.answers(counts, refusal(403, 499601, {}, { reason: "spam" }));
  const stream = another(page);
  const { told, errors } = watch(page, ["lobby", "stage"]);
  await settle();

  stream.event("snapshot", 8);
  await settle();

  expect([told, errors]).toEqual([[["lobby", 8]], [["stage", "removed"]]]);
});

rule(35, "watchCount_ofAnotherToken_goesOnWhenTheFirstIsRefused", async () => {
  const page = new FakePage();
  page.chance = 0;
  page.server.answers(streams, refusal(401, 400100));
  const stream = another(page);
  const first = watch(page, ["lobby"], tokenOf("anna"));
  const second = watch(page, ["stage"], tokenOf("berta"));
  await settle();

  stream.event("snapshot", 2);
  await settle();

  expect([first.errors, second.told, second.errors]).toEqual([[["lobby", "unauthorized"]], [["stage", 2]], []]);
  expect(page.server.of(streams).at(-1)!.token).toBe(tokenOf("berta"));
});

rule(35, "watchCount_serverUnreachable_triesForAllRoomsAtOnce", async () => {
  const page = new FakePage();
  page.server.answers(streams, unreachable(), 2);
  const stream = another(page);
  const { told, errors } = watch(page, many(20));
  await page.clock.advance(1_499);
  expect(page.server.of(streams)).toHaveLength(2);
  await page.clock.advance(1);

  expect(page.server.of(streams).map(request => roomsOf(request.path).length)).toEqual([20, 20, 20]);
  stream.eventOf("room 19", "snapshot", 9);
  await settle();
  expect([told, errors.length]).toEqual([[["room 19", 9]], 40]);
});

rule(35, "watchCount_noPlaceLeftForAStream_asksInstead", async () => {
  const page: FakePage & PresenceEnvironment = new FakePage();
  page.takeStreamPlace = async () => undefined;
  const { told } = watch(page, ["lobby", "stage"]);
  await settle();

  expect([page.server.of(streams).length, page.server.of(counts).length]).toEqual([0, 2]);
  expect(told).toHaveLength(2);
});

rule(35, "watchCount_itsStreamIsOver_givesThePlaceBack", async () => {
  const page: FakePage & PresenceEnvironment = new FakePage();
  let taken = 0;
  page.takeStreamPlace = async () => {
    taken++;
    return () => void taken--;
  };
  another(page);
  const { ends: [end] } = watch(page, ["lobby"]);
  await settle();
  expect(taken).toBe(1);

  end!();
  await settle();

  expect(taken).toBe(0);
});

test("takeStreamPlace_ofTheWindowsOfASite_thereAreFour", async () => {
  const held = new Set<string>();
  const locks = {
    async request(name: string, _: object, hold: (lock: object | null) => unknown) {
      const isFree = !held.has(name);
      if (isFree)
        held.add(name);
      await hold(isFree ? {} : null);
      if (isFree)
        held.delete(name);
    },
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  const take = () => pageEnvironment.takeStreamPlace!("https://presence.test");
  try {
    const places = [await take(), await take(), await take(), await take()];
    expect(places.every(Boolean)).toBe(true);
    expect(await take()).toBeUndefined();

    places[1]!();
    await settle();

    expect(await take()).toBeDefined();
  } finally {
    Reflect.deleteProperty(globalThis, "navigator");
  }
});

rule(36, "watchCount_withAMinimumInterval_tellsTheLatestOnceAnInterval", async () => {
  const page = new FakePage();
  const stream = another(page);
  const told: number[] = [];
  const presence = room(page);
  const end = presence.watchCount(count => told.push(count), { minimumInterval: 10_000 });
  await settle();

  for (const count of [1, 2, 3]) {
    stream.event("count", count);
    await page.clock.advance(1_000);
  }
  expect(told).toEqual([1]);
  await page.clock.advance(7_000);
  expect(told).toEqual([1, 3]);
  await page.clock.advance(15_000);
  stream.event("count", 4);
  await settle();
  expect(told).toEqual([1, 3, 4]);

  stream.event("count", 5);
  await settle();
  end();
  await page.clock.advance(60_000);
  expect(told).toEqual([1, 3, 4]);
  expect(page.clock.timers).toBe(0);
});

rule(36, "watchCount_withAMinimumInterval_toldNothingOfTheRoomItLeft", async () => {
  const page = new FakePage();
  const stream = another(page);
  const told: number[] = [];
  const presence = room(page);
  presence.watchCount(count => told.push(count), { minimumInterval: 10_000 });
  await settle();
  stream.event("snapshot", 1);
  await settle();
  stream.event("count", 2);
  await settle();
  const next = another(page);

  await presence.switchRoom("stage");
  await settle();
  next.event("snapshot", 30);
  await page.clock.advance(20_000);

  expect(told).toEqual([1, 30]);
});
