import { Alarm } from "./Alarm.js";
import type { CountWatchOptions } from "./CountWatchOptions.js";
import { EventStreamCounts } from "./EventStreamCounts.js";
import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import { notify } from "./notify.js";
import { PresenceError } from "./PresenceError.js";
import type { PresenceServer } from "./PresenceServer.js";
import { type PresenceSettings, settingsPath } from "./PresenceSettings.js";
import { retryDelay, slowDelay, spread } from "./retryPolicy.js";

const firstEventWithin = 10_000;
const quietAtMost = 30_000; // the server sends a comment every 15 s
const failuresBeforePolling = 3;
const pollsBeforeStreaming = 10;

interface Watcher {
  readonly listener: (count: number) => void;
  readonly onError: CountWatchOptions["onError"];
  readonly end: () => void;
}

/**
 * The count of one room for any number of watchers, over one stream. Rests while the page is hidden: nobody sees a number
 * there, and a few tabs with an open stream each would use up the connections a browser allows one server.
 */
export class CountWatch {
  readonly #server: PresenceServer;
  readonly #path: () => string;
  readonly #receipt: () => HeartbeatReceipt | undefined;
  #alarm: Alarm;
  readonly #watchers = new Set<Watcher>();
  #isRunning = false;
  #underWay = new AbortController();
  #askedBeside: HeartbeatReceipt | undefined; // it brought no count; the next one does
  #count: number | undefined;
  #failures = 0;
  #pollsLeft = 0;

  /** @param receipt The last one of a running heartbeat, which may bring the count. */
  constructor(server: PresenceServer, path: () => string, receipt: () => HeartbeatReceipt | undefined) {
    this.#server = server;
    this.#path = path;
    this.#receipt = receipt;
    this.#alarm = new Alarm(server.environment);
  }

  /** A heartbeat that asks for the count saves a request. */
  get isPolling(): boolean {
    return this.#isRunning && this.#pollsLeft > 0;
  }

  /** @param signals Each ends this watcher. */
  add(listener: Watcher["listener"], onError: Watcher["onError"], signals: readonly (AbortSignal | undefined)[]): () => void {
    const end = () => {
      for (const signal of signals)
        signal?.removeEventListener("abort", end);
      if (this.#watchers.delete(watcher) && !this.#watchers.size)
        this.#wake();
    };
    const watcher = { listener, onError, end };
    if (signals.some(signal => signal?.aborted))
      return end;
    for (const signal of signals)
      signal?.addEventListener("abort", end);
    this.#watchers.add(watcher);
    if (this.#isRunning && this.#count !== undefined)
      notify([listener], this.#count);
    if (!this.#isRunning)
      void this.#run();
    return end;
  }

  /** Another room. */
  restart(): void {
    this.#count = undefined;
    this.#failures = this.#pollsLeft = 0;
    this.#wake();
  }

  offer(count: number | undefined): void {
    if (this.isPolling && count !== undefined)
      this.#tell(count);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const { environment } = this.#server;
    this.#alarm = new Alarm(environment); // nothing rung before is meant for this run
    const unlisten = environment.listen("visibilitychange", () => this.#wake());
    while (this.#watchers.size) {
      const round = this.#underWay = new AbortController();
      const pause = await this.#round(round.signal).catch(error => round.signal.aborted ? 0 : this.#failed(error));
      if (this.#watchers.size)
        await this.#alarm.wait(pause);
    }
    unlisten();
    this.#isRunning = false;
    this.#count = undefined;
  }

  /** Asks once or follows a stream, unless it is woken; how long to wait before the next. */
  async #round(signal: AbortSignal): Promise<number> {
    const { environment } = this.#server;
    if (environment.isHidden())
      return Infinity;
    if (this.#pollsLeft > 0)
      return this.#poll(signal);
    return environment.readsStreams() ? this.#follow(signal) : this.#pollFor(Infinity);
  }

  async #follow(signal: AbortSignal): Promise<number> {
    const { environment } = this.#server;
    const stream = new AbortController();
    const close = () => stream.abort();
    signal.addEventListener("abort", close);
    let hasCounted = false;
    let cancel = () => {};
    const expectWithin = (milliseconds: number) => {
      cancel();
      cancel = environment.setTimer(close, milliseconds);
    };
    try {
      const { body } = await this.#server.open(`${this.#path()}/stream`, stream.signal);
      const reader = body!.getReader();
      const counts = new EventStreamCounts();
      expectWithin(firstEventWithin);
      for (let part; !(part = await reader.read()).done && !stream.signal.aborted;) {
        const count = counts.push(part.value);
        if (count !== undefined) {
          hasCounted = true;
          this.#failures = 0;
          this.#tell(count);
        }
        if (hasCounted)
          expectWithin(quietAtMost);
      }
    } catch (error) {
      if (error instanceof PresenceError)
        throw error;
      // Otherwise a connection that broke, or was closed from here: one that ended.
    } finally {
      cancel();
      close();
    }
    if (signal.aborted)
      return 0;
    // Opened and silent: something in between keeps the events to itself.
    return hasCounted ? retryDelay(0, undefined, environment.random()) : this.#pollFor(pollsBeforeStreaming);
  }

  async #poll(signal: AbortSignal): Promise<number> {
    this.#pollsLeft--;
    const receipt = this.#receipt();
    if (!receipt || receipt.count === undefined && receipt !== this.#askedBeside) {
      const { count } = await this.#server.read<{ count: number }>(`${this.#path()}/users/count`, signal);
      if (!signal.aborted)
        this.#tell(count);
      this.#askedBeside = receipt;
    }
    const seconds = receipt?.heartbeatIntervalSeconds
      ?? (await this.#server.read<PresenceSettings>(settingsPath, signal)).network.heartbeatInterval;
    this.#failures = 0;
    return spread(seconds * 1000, this.#server.environment.random());
  }

  #pollFor(times: number): number {
    this.#pollsLeft = times;
    return 0;
  }

  #failed(error: PresenceError): number {
    const random = this.#server.environment.random();
    const { kind, status } = error;
    // No such route, or no place for another stream: the count can be had all the same.
    if (!this.isPolling && (kind === "limited" || kind === "refused" && status !== 403))
      return this.#pollFor(pollsBeforeStreaming);

    for (const { onError, end } of [...this.#watchers]) {
      if (error.isFinal)
        end();
      notify(onError ? [onError] : [], error);
    }
    if (kind === "disabled")
      return slowDelay(random);
    if (++this.#failures >= failuresBeforePolling && !this.isPolling)
      return this.#pollFor(pollsBeforeStreaming);
    return retryDelay(this.#failures, error, random);
  }

  #tell(count: number): void {
    if (count === this.#count)
      return;
    this.#count = count;
    notify([...this.#watchers].map(watcher => watcher.listener), count);
  }

  #wake(): void {
    this.#underWay.abort(); // what it brings may be of another room
    this.#alarm.ring();
  }
}
