import { Alarm } from "./Alarm.js";
import { countStreamOf } from "./CountStream.js";
import type { CountWatchOptions } from "./CountWatchOptions.js";
import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import { notify } from "./notify.js";
import type { PresenceError } from "./PresenceError.js";
import type { PresenceServer } from "./PresenceServer.js";
import { type PresenceSettings, settingsPath } from "./PresenceSettings.js";
import { retryDelay, slowDelay, spread } from "./retryPolicy.js";
import { roomPath } from "./roomPath.js";

const failuresBeforePolling = 3;
const pollsBeforeStreaming = 10;

interface Watcher {
  tell(count: number): void;
  /** What was not told yet is of no interest any more. */
  forget(): void;
  readonly onError: CountWatchOptions["onError"];
  readonly end: () => void;
}

/** The count of one room for any number of watchers. */
export interface CountWatch {
  /** A heartbeat that asks for the count saves a request. */
  isPolling(): boolean;
  /** @param signals Each ends this watcher. */
  add(listener: (count: number) => void, options: CountWatchOptions, signals: readonly (AbortSignal | undefined)[]): () => void;
  /** Another room. */
  restart(): void;
  /** While presence is off: asks now. */
  resume(): void;
  offer(count: number | undefined): void;
}

/**
 * Over the page's stream, or by polling. Pauses while the page is hidden: its number isn't visible, and a few tabs with an open
 * stream each would use up the connections a browser allows one server.
 * @param receipt The last one of a running heartbeat, which may bring the count.
 */
export function countWatch(server: PresenceServer, roomId: () => string, receipt: () => HeartbeatReceipt | undefined): CountWatch {
  const { environment } = server;
  const watchers = new Set<Watcher>();
  let alarm: Alarm | undefined;
  let underWay = new AbortController();
  let askedBeside: HeartbeatReceipt | undefined; // it brought no count; the next one does
  let latest: number | undefined;
  let failures = 0;
  let timesOff = 0;
  let pollsLeft = 0;

  const isPolling = () => !!alarm && pollsLeft > 0;

  function add(listener: (count: number) => void, { onError, minimumInterval = 0 }: CountWatchOptions, signals: readonly (AbortSignal | undefined)[]): () => void {
    let cancel: (() => void) | undefined;
    let next: number | undefined;
    const tell = (count: number) => {
      next = count;
      if (cancel)
        return;
      if (minimumInterval > 0)
        cancel = environment.setTimer(() => {
          const count = next;
          forget();
          if (count !== undefined)
            tell(count);
        }, minimumInterval);
      next = undefined;
      notify([listener], count);
    };
    const forget = () => {
      cancel?.();
      next = cancel = undefined;
    };
    const end = () => {
      forget();
      for (const signal of signals)
        signal?.removeEventListener("abort", end);
      if (watchers.delete(watcher) && !watchers.size)
        wake();
    };
    const watcher = { tell, forget, onError, end };
    if (signals.some(signal => signal?.aborted))
      return end;
    for (const signal of signals)
      signal?.addEventListener("abort", end);
    watchers.add(watcher);
    if (!alarm)
      void run();
    else if (latest !== undefined)
      tell(latest);
    return end;
  }

  async function run(): Promise<void> {
    alarm = new Alarm(environment);
    const unlisten = environment.listen("visibilitychange", wake);
    while (watchers.size) {
      const { signal } = underWay = new AbortController();
      const pause = await look(signal).catch(error => signal.aborted ? 0 : failed(error)!);
      if (watchers.size)
        await alarm.wait(pause);
    }
    unlisten();
    alarm = latest = undefined;
  }

  /** Asks once or follows the stream, unless it is woken; how long to wait before the next. */
  async function look(signal: AbortSignal): Promise<number> {
    if (environment.isHidden())
      return Infinity;
    if (pollsLeft > 0)
      return poll(signal);
    if (!environment.readsStreams())
      return pollFor(Infinity);
    const pause = await countStreamOf(server)({ server, roomId: roomId(), tell, failed }, signal);
    return signal.aborted ? 0 : pause ?? pollFor(pollsBeforeStreaming);
  }

  async function poll(signal: AbortSignal): Promise<number> {
    pollsLeft--;
    const last = receipt();
    if (!last || last.count === undefined && last !== askedBeside) {
      const { count } = await server.read<{ count: number }>(`${roomPath(roomId())}/users/count`, signal);
      if (!signal.aborted)
        tell(count);
      askedBeside = last;
    }
    const seconds = last?.heartbeatIntervalSeconds ?? (await server.read<PresenceSettings>(settingsPath, signal)).network.heartbeatInterval;
    failures = 0;
    return spread(seconds * 1000, environment.random());
  }

  function pollFor(times: number): number {
    pollsLeft = times;
    return 0;
  }

  /** How long to wait before the next look; undefined to wait for the stream, which tries again by itself. */
  function failed(error: PresenceError): number | undefined {
    const { kind, status, isFinal } = error;
    // No such route, or no place for another stream: the count can be had all the same.
    if (!isPolling() && (kind === "limited" || kind === "refused" && status !== 403))
      return pollFor(pollsBeforeStreaming);

    for (const { onError, end } of [...watchers]) {
      if (isFinal)
        end();
      notify(onError ? [onError] : [], error);
    }
    if (kind === "disabled")
      return slowDelay(environment.random(), timesOff++);
    failures++;
    if (isPolling() || isFinal)
      return retryDelay(failures, error, environment.random());
    return failures < failuresBeforePolling ? undefined : pollFor(pollsBeforeStreaming);
  }

  function tell(count: number): void {
    failures = timesOff = 0;
    if (count === latest)
      return;
    latest = count;
    for (const watcher of [...watchers])
      watcher.tell(count);
  }

  function wake(): void {
    underWay.abort(); // what it brings may be of another room
    alarm?.ring();
  }

  return {
    isPolling,
    add,
    restart() {
      latest = undefined;
      failures = timesOff = pollsLeft = 0;
      for (const { forget } of watchers)
        forget();
      wake();
    },
    resume() {
      if (timesOff)
        wake();
      timesOff = 0;
    },
    offer(count) {
      if (isPolling() && count !== undefined)
        tell(count);
    },
  };
}
