interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Time that passes when a test says so: what timers count, and a wall clock that may go otherwise. */
export class ManualClock {
  readonly #timers = new Set<Timer>();
  readonly #quiet: () => Promise<void>;
  #elapsed = 0;
  #wall: number;

  /** @param quiet Waits for everything that happens without time passing; before that is done, none passes. */
  constructor(quiet: () => Promise<void> = settle, wall = Date.UTC(2026, 10, 21, 20)) {
    this.#quiet = quiet;
    this.#wall = wall;
  }

  now = () => this.#wall;

  /** What has passed, sleep apart. */
  get elapsed(): number {
    return this.#elapsed;
  }

  setTimer = (callback: () => void, milliseconds: number) => {
    const timer = { dueAt: this.#elapsed + Math.ceil(milliseconds), callback }; // platforms count whole ones
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, timer by timer, with everything that follows from each. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await this.#quiet();
    for (let next; (next = this.#next()) && next.dueAt <= end;) {
      this.#pass(next.dueAt - this.#elapsed);
      this.#timers.delete(next);
      next.callback();
      await this.#quiet();
    }
    this.#pass(end - this.#elapsed);
  }

  /** The device sleeps: the wall clock goes on, its timers stand still. */
  sleep(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  setBack(milliseconds: number): void {
    this.#wall -= milliseconds;
  }

  #next(): Timer | undefined {
    return [...this.#timers].reduce<Timer | undefined>((first, timer) => first && first.dueAt <= timer.dueAt ? first : timer, undefined);
  }

  #pass(milliseconds: number): void {
    this.#elapsed += Math.max(0, milliseconds);
    this.#wall += Math.max(0, milliseconds);
  }
}

/** Until what can happen without time passing has happened. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++)
    await new Promise<void>(resolve => setImmediate(resolve));
}
