import type { PresenceError, RoomPresence } from "../../src/presence.js";
import type { FakePage } from "./FakePage.js";
import { streams } from "./FakeServer.js";
import { FakeStream } from "./FakeStream.js";
import { settle } from "./ManualClock.js";
import { room } from "./room.js";

/** A watched room: what was told, and the stream it came from, if the page reads streams. */
export async function watched(page: FakePage, presence: RoomPresence = room(page)) {
  const told: number[] = [];
  const errors: PresenceError[] = [];
  const stream = new FakeStream();
  page.server.answers(streams, stream.response);
  const end = presence.watchCount(count => told.push(count), { onError: error => errors.push(error) });
  await settle();
  return { told, errors, stream, end, presence };
}

/** The next stream, opened after the first was over. */
export function another(page: FakePage): FakeStream {
  const stream = new FakeStream();
  page.server.answers(streams, stream.response);
  return stream;
}
