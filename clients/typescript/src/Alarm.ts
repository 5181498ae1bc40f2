import type { PresenceEnvironment } from "./PresenceEnvironment.js";

/** How late one may wake after the device slept: its timers slept too, and go on where they stood. */
const longestNap = 5_000;

/** Waits, one wait at a time, until time is up or somebody rings. */
export class Alarm {
  readonly #environment: PresenceEnvironment;
  #isRung = false;
  #end: (() => void) | undefined;

  constructor(environment: PresenceEnvironment) {
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
    const { now, monotonic, setTimer } = this.#environment;
    // Either clock may say that time is up: the wall clock goes on while the device sleeps, the other is never set back.
    const dueByWall = now() + milliseconds;
    const due = monotonic() + milliseconds;
    return new Promise(resolve => {
      let cancel = () => {};
      this.#end = () => {
        this.#end = undefined;
        cancel();
        resolve();
      };
      const look = () => {
        const left = Math.min(dueByWall - now(), due - monotonic());
        if (left > 0)
          cancel = setTimer(look, Math.min(left, longestNap));
        else
          this.#end?.();
      };
      if (this.#isRung) {
        this.#isRung = false;
        this.#end();
      } else if (milliseconds < Infinity) {
        look();
      }
    });
  }
}
