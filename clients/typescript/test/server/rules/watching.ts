import { expect } from "vitest";
import type { PresenceError, RoomPresence } from "../../../src/presence.js";
import { eventually } from "../eventually.js";

/** What a watcher of a room's count is told. */
export interface Watching {
  readonly told: number[];
  readonly errors: PresenceError[];
  /** Until the server's events brought a count: they come when it sends them, whatever the page's clock says. */
  readonly until: (count: number) => Promise<void>;
  readonly end: () => void;
}

export function watching(presence: RoomPresence): Watching {
  const told: number[] = [];
  const errors: PresenceError[] = [];
  const end = presence.watchCount(count => told.push(count), { onError: error => errors.push(error) });
  return { told, errors, end, until: count => eventually(() => expect(told.at(-1)).toBe(count)) };
}
