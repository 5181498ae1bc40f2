import { expect } from "vitest";
import { counts, streams } from "../../support/FakeServer.js";
import { rule } from "../../support/rule.js";
import { eventually } from "../eventually.js";
import { presenceOn, server, visit } from "./visit.js";
import { watching } from "./watching.js";

rule(35, "watchCount_ofSixtyRooms_holdsOneStreamAndTellsEveryRoom", async () => {
  const { page, roomId, token } = await visit();
  const rooms = Array.from({ length: 60 }, (_, index) => `${roomId}-${index}`);
  await server.visitor(rooms[55]!);
  const watches = rooms.map(room => watching(presenceOn(page, { roomId: room, token })));

  await Promise.all(watches.map(({ until }, index) => until(index === 55 ? 1 : 0)));
  expect(page.network.of(streams)).toHaveLength(1);
  expect(page.network.of(counts)).toHaveLength(10);
  expect(await server.streamsOf(token)).toBe(1);
  const leave = await server.visitor(rooms[7]!);
  await watches[7]!.until(1);
  await leave();
  await watches[7]!.until(0);

  for (const { end } of watches)
    end();
  await eventually(async () => expect(await server.streamsOf(token)).toBe(0));
});

rule(35, "watchCount_ofARoomThatComesLater_opensTheStreamAnewAndLosesNothing", async () => {
  const { page, presence, roomId, token } = await visit();
  const first = watching(presence);
  await first.until(0);

  const second = watching(presenceOn(page, { roomId: `${roomId}-stage`, token }));
  await server.visitor(roomId); // while it is opened anew
  await page.advance(250);
  await second.until(0);
  await first.until(1);

  expect(page.network.streams.map(stream => stream.isOver)).toEqual([true, false]);
});

rule(35, "watchCount_ofARoomTheTokenIsNotFor_endsAndTheOthersGoOn", async () => {
  const { page, roomId } = await visit();
  const token = server.tokenOf("somebody", { exp: Date.now() / 1000 + 3_600, rooms: [roomId] });
  const mine = watching(presenceOn(page, { roomId, token }));
  const other = watching(presenceOn(page, { roomId: `${roomId}-other`, token }));

  await eventually(() => expect(other.errors.map(({ kind, code }) => [kind, code])).toEqual([["refused", 400301]]));
  await page.advance(1_000);
  await mine.until(0);

  expect(mine.errors).toEqual([]);
});

rule(36, "watchCount_withAMinimumInterval_tellsTheLatestOnceAnInterval", async () => {
  const { page, presence, roomId } = await visit();
  const told: number[] = [];
  presence.watchCount(count => told.push(count), { minimumInterval: 20_000 });
  const { until } = watching(presence);
  await until(0);
  await server.visitor(roomId);
  await until(1);
  await server.visitor(roomId);
  await until(2);
  expect(told).toEqual([0]);

  await page.advance(20_000);

  expect(told).toEqual([0, 2]);
});
