import type { PresenceEnvironment } from "./PresenceEnvironment.js";

/** How late one may wake after the device slept: its timers slept too, and go on where they stood. */
const longestNap = 5_000;

/** Platforms count a timer's milliseconds in 31 bits; beyond, it fires at once. */
const longestTimer = 2 ** 31 - 1;

/** Waits, one wait at a time, until the time is up or it is rung. */
export class Alarm {
  readonly #environment: Pick<PresenceEnvironment, "now" | "setTimer">;
  #isRung = false;
  #end: (() => void) | undefined;

  constructor(environment: Pick<PresenceEnvironment, "now" | "setTimer">) {
    this.#environment = environment;
  }

  /** Ends the wait; without one, the next wait ends as it begins, so that no ring is lost. */
  ring(): void {
    if (this.#end)
      this.#end();
    else
      this.#isRung = true;
  }

  /** Never rejects. `Infinity` waits for a ring. */
  wait(milliseconds: number): Promise<void> {
    const { now, setTimer } = this.#environment;
    const dueAt = now() + milliseconds;
    return new Promise(resolve => {
      const timers: (() => void)[] = [];
      this.#end = () => {
        this.#end = undefined;
        for (const cancel of timers)
          cancel();
        resolve();
      };
      if (this.#isRung || milliseconds <= 0) {
        this.#isRung = false;
        return this.#end();
      }
      if (milliseconds === Infinity)
        return;

      // The naps see the wall clock go on while the device sleeps. The other timer is for all of the wait: no clock that is
      // set back delays it, and browsers slow those most that were set by another.
      const nap = () => {
        timers[1] = setTimer(() => now() < dueAt ? nap() : this.#end?.(), longestNap);
      };
      timers[0] = setTimer(() => this.#end?.(), Math.min(milliseconds, longestTimer));
      nap();
    });
  }
}
