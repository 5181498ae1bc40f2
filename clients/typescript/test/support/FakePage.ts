import type { PageEvent, PresenceEnvironment } from "../../src/presence.js";
import { FakeServer } from "./FakeServer.js";
import { ManualClock } from "./ManualClock.js";

/** A page whose clock, network and visibility are in the test's hands. */
export class FakePage implements PresenceEnvironment {
  readonly clock = new ManualClock();
  readonly server = new FakeServer();
  readonly beacons: { url: string; fields: Record<string, string> }[] = [];
  readonly #listeners = new Map<PageEvent, Set<() => void>>();

  online = true;
  hidden = false;
  hasBeacons = true;
  streams = true;
  /** What `random()` answers. */
  chance = 0.5;

  fetch = this.server.fetch;
  now = this.clock.now;
  setTimer = this.clock.setTimer;
  random = () => this.chance;
  isOnline = () => this.online;
  isHidden = () => this.hidden;
  readsStreams = () => this.streams;

  sendBeacon = (url: string, body: URLSearchParams) => {
    if (this.hasBeacons)
      this.beacons.push({ url, fields: Object.fromEntries(body) });
    return this.hasBeacons;
  };

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
