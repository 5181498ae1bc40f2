import type { PageEvent, PresenceEnvironment } from "../../src/presence.js";
import type { ManualClock } from "./ManualClock.js";

/** A page whose clock, visibility and luck are in the test's hands. What its network is, its heirs say. */
export abstract class ScriptedPage implements PresenceEnvironment {
  readonly clock: ManualClock;
  readonly #listeners = new Map<PageEvent, Set<() => void>>();

  online = true;
  hidden = false;
  hasBeacons = true;
  streams = true;
  /** What `random()` answers. */
  chance = 0.5;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  abstract fetch(url: string, init: RequestInit): Promise<Response>;
  abstract sendBeacon(url: string, body: URLSearchParams): boolean;

  now = () => this.clock.now();
  setTimer = (callback: () => void, milliseconds: number) => this.clock.setTimer(callback, milliseconds);
  random = () => this.chance;
  isOnline = () => this.online;
  isHidden = () => this.hidden;
  readsStreams = () => this.streams;

  listen = (event: PageEvent, listener: () => void) => {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  };

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }

  tell(event: PageEvent): void {
    for (const listener of [...this.#listeners.get(event) ?? []])
      listener();
  }

  setHidden(hidden: boolean): void {
    this.hidden = hidden;
    this.tell("visibilitychange");
  }

  setOnline(online: boolean): void {
    this.online = online;
    if (online)
      this.tell("online");
  }
}
