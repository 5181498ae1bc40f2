import { Alarm } from "../Alarm.js";
import { notify } from "../notify.js";
import { type PresenceError, refusalOf, unavailable } from "../PresenceError.js";
import { retryDelay, slowDelay, spread } from "../retryPolicy.js";
import { sharedInPage } from "../sharedInPage.js";
import { withinTime } from "../withinTime.js";
import type { PublicRoom } from "./PublicRoom.js";
import type { PublicRoomState } from "./PublicRoomState.js";
import type { WidgetEnvironment } from "./WidgetEnvironment.js";

/** One answer that does not come is a moment; the second is a server that is away. */
const failuresUntilStale = 2;

/** Of a browser's six connections to a server two are left for the page's own heartbeats and reads. */
const mostAtOnce = 4;

/** Does work when one of the page's places for it is free. As many wait as there are links on the page. */
async function inTurn<T>(environment: WidgetEnvironment, work: () => Promise<T>): Promise<T> {
  const turns = sharedInPage(environment, "turns", () => ({ underWay: 0, waiting: [] as (() => void)[] }));
  while (turns.underWay >= mostAtOnce)
    await new Promise<void>(resolve => turns.waiting.push(resolve));
  turns.underWay++;
  try {
    return await work();
  } finally {
    turns.underWay--;
    turns.waiting.shift()?.();
  }
}

/** Where a server has its badges, and what they name. */
export const badgesOf = (server: string) => `${server.replace(/\/+$/, "")}/badge/`;

/** One public link for any number of elements of a page: one request at a time, none while the page is hidden. */
export class PublicRoomFeed {
  readonly #environment: WidgetEnvironment;
  readonly #url: string;
  readonly #listeners = new Set<(state: PublicRoomState) => void>();
  #state: PublicRoomState = { status: "loading" };
  #alarm: Alarm;
  #isRunning = false;
  #failures = 0;
  #timesOff = 0;

  private constructor(environment: WidgetEnvironment, url: string) {
    this.#environment = environment;
    this.#url = url;
    this.#alarm = new Alarm(environment);
  }

  /** The page's feed of a link. As many are kept as there are links on the page. */
  static of(environment: WidgetEnvironment, server: string, link: string): PublicRoomFeed {
    const url = `${badgesOf(server)}${encodeURIComponent(link)}.json`;
    return sharedInPage(environment, url, () => new PublicRoomFeed(environment, url));
  }

  /**
   * Calls back at once, and with every answer.
   * @returns Ends it.
   */
  subscribe(listener: (state: PublicRoomState) => void): () => void {
    this.#listeners.add(listener);
    notify([listener], this.#state);
    if (!this.#isRunning)
      void this.#run();
    return () => {
      if (this.#listeners.delete(listener) && !this.#listeners.size)
        this.#alarm.ring();
    };
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const environment = this.#environment;
    const alarm = this.#alarm = new Alarm(environment); // nothing rung before is meant for this run
    const unlisten = environment.listen("visibilitychange", () => {
      if (!environment.isHidden())
        alarm.ring(); // hidden, it goes to rest with its next round
    });
    const unlistenToo = environment.listen("online", () => {
      if (this.#failures)
        alarm.ring();
    });
    while (this.#listeners.size)
      await alarm.wait(environment.isHidden() ? Infinity : await this.#read().catch(error => this.#failed(error)));
    unlisten();
    unlistenToo();
    this.#isRunning = false;
  }

  /** Asks once; how long to wait before the next time. */
  async #read(): Promise<number> {
    const environment = this.#environment;
    const room = await inTurn(environment, () => withinTime(environment, undefined, async signal => {
      // The browser's own cache would answer with what it has and look for news behind its back: a round late, always.
      const response = await environment.fetch(this.#url, { signal, cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" }).catch(cause => {
        throw unavailable("The server could not be reached.", cause);
      });
      if (!response.ok)
        throw await refusalOf(response, environment.now());
      return await response.json().catch(() => undefined) as PublicRoom | undefined;
    }));
    if (typeof room?.count !== "number")
      throw unavailable("The answer is not the presence server's.");

    this.#failures = this.#timesOff = 0;
    this.#tell({ status: "live", room });
    return spread((room.refreshInSeconds || 5) * 1000, environment.random());
  }

  #failed(error: PresenceError): number {
    const { room } = this.#state;
    const random = this.#environment.random();
    if (error.kind === "disabled") {
      this.#tell({ status: "off" });
      return slowDelay(random, this.#timesOff++);
    }
    if (error.isFinal) {
      this.#tell({ status: "gone" });
      return Infinity;
    }
    if (++this.#failures >= failuresUntilStale)
      this.#tell({ status: room ? "stale" : "loading", room });
    return retryDelay(this.#failures, error, random);
  }

  #tell(state: PublicRoomState): void {
    this.#state = state;
    notify(this.#listeners, state);
  }
}
